package org.privateproving.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.privateproving.database.DatabaseSettings;
import org.privateproving.database.TestPostgres;

/** What is left of a private input in the database when its request has come to an end: nothing. */
class ErasureIT {
  /** Several chunks, and nothing that a compressor could make one of. */
  private static final int SECRET_BYTES = 3 << 20;

  @TempDir static Path data;
  private static ProvingProcess server;
  private static JournalGate gate;

  @BeforeAll
  static void start() throws Exception {
    DatabaseSettings database = TestPostgres.freshDatabase();
    gate = new JournalGate(database);
    server = ProvingProcess.in(data).database(database).start();
  }

  @AfterAll
  static void stop() throws SQLException {
    server.close();
    gate.close();
  }

  @Test
  void shouldLeaveNothingOfTheInputOfAFulfilledRequest() throws Exception {
    String[] program = new Fibonacci(20).with("--input", "raw-file:" + secret());
    assertErasedAfter("fulfilled:1", "proved", program);
  }

  @Test
  void shouldLeaveNothingOfTheInputOfAFailedRequest() throws Exception {
    String elf = SdkClient.elf("misbehave").toString();
    String[] program = {
      "--elf", elf, "--input", "u32:3", "--input", "text:x", "--input", "raw-file:" + secret()
    };
    assertErasedAfter("failed:1", "failed", program);
  }

  private static Path secret() throws IOException {
    byte[] bytes = new byte[SECRET_BYTES];
    new Random(1).nextBytes(bytes);
    return Files.write(data.resolve("secret"), bytes);
  }

  /**
   * @param end the event that ends the request
   * @param said what the client says of it
   */
  private static void assertErasedAfter(String end, String said, String[] program)
      throws Exception {
    // Nobody gets the lease before we have looked.
    gate.close("lease-granted:1");
    SdkClient client = SdkClient.run(server.url(), with(program, "--request-only"));
    String id = client.event("requested").path("requestId").asText();
    gate.awaitArrival();

    String stdin = stdinOf(id);
    List<String> key = List.of(stored("SELECT wrapped_key FROM artifact WHERE id = '%s'", stdin));
    // The beginning of each chunk tells it from all other bytes.
    List<String> ciphertext =
        gate.strings(
            "SELECT encode(substring(c.bytes FOR 32), 'hex') FROM artifact_chunk c"
                + " JOIN artifact_attempt a ON a.id = c.attempt WHERE a.artifact_id = '%s'"
                    .formatted(stdin));
    assertThat(ciphertext).hasSizeGreaterThan(1);
    assertThat(placesOf(key)).containsExactly("artifact.wrapped_key");
    assertThat(placesOf(ciphertext)).containsExactly("artifact_chunk.bytes");

    gate.open();
    SdkClient waiting = SdkClient.run(server.url(), with(program, "--wait", id));
    assertThat(waiting.events(said)).as(waiting.output()).hasSize(1);
    await("the erasure's record")
        .atMost(Duration.ofSeconds(30))
        .until(() -> gate.events(id).contains("inputs-erased:1"));
    assertThat(gate.events(id)).endsWith(end, "inputs-erased:1");
    assertThat(placesOf(key)).isEmpty();
    assertThat(placesOf(ciphertext)).isEmpty();
    assertThat(gate.strings("SELECT id FROM artifact_attempt WHERE artifact_id = '" + stdin + "'"))
        .isEmpty();
  }

  private static String stdinOf(String id) throws SQLException {
    List<String> stdins =
        gate.strings(
            "SELECT a.id FROM artifact a JOIN request r"
                + " ON right(r.stdin_uri, 36) = a.id::text WHERE r.request_id = decode('%s', 'hex')"
                    .formatted(id.replace("0x", "")));
    assertThat(stdins).hasSize(1);
    return stdins.getFirst();
  }

  private static String stored(String sql, String id) throws SQLException {
    return gate.strings("SELECT encode((" + sql.formatted(id) + "), 'hex')").getFirst();
  }

  /**
   * Every column of every table that holds one of these, as table.column; as bytes, or as text in
   * hexadecimal digits.
   */
  private static List<String> placesOf(List<String> hexadecimals) throws SQLException {
    List<String> places = new ArrayList<>();
    for (String column : columns()) {
      String[] name = column.split("\\.");
      for (String hex : hexadecimals) {
        String search =
            "SELECT 1 FROM %s WHERE position('%s' in %s) > 0 LIMIT 1"
                .formatted(name[0], hex, asHexadecimal(name[1], name[2]));
        if (!places.contains(name[0] + "." + name[1]) && !gate.strings(search).isEmpty()) {
          places.add(name[0] + "." + name[1]);
        }
      }
    }
    return places;
  }

  private static List<String> columns() throws SQLException {
    List<String> columns =
        gate.strings(
            "SELECT table_name || '.' || column_name || '.' || data_type"
                + " FROM information_schema.columns WHERE table_schema = 'public'"
                + " AND data_type IN ('bytea', 'text', 'character varying')");
    assertThat(columns).contains("artifact.wrapped_key.bytea", "event_journal.event_payload.bytea");
    return columns;
  }

  private static String asHexadecimal(String column, String type) {
    return type.equals("bytea") ? "encode(%s, 'hex')".formatted(column) : "lower(" + column + ")";
  }

  private static String[] with(String[] arguments, String... more) {
    return Stream.of(arguments, more).flatMap(Stream::of).toArray(String[]::new);
  }
}
