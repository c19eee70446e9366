package org.privateproving.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.privateproving.database.DatabaseSettings;
import org.privateproving.database.TestPostgres;
import org.privateproving.gateway.Signer;
import org.privateproving.wire.network.FulfillmentStatus;

/**
 * kill -9 of the whole process before and after each event of a request's life (after one is before
 * the next), a restart, and the request ends as it would have.
 */
class KillIT {
  private static final String[] FIBONACCI = {
    "--elf", SdkClient.elf("fibonacci").toString(), "--input", "u32:20"
  };
  private static final String PUBLIC_VALUES = "140000006d1a0000d30b0000";

  @TempDir Path data;
  private final List<ProvingProcess> started = new ArrayList<>();
  private DatabaseSettings database = TestPostgres.freshDatabase();
  private JournalGate gate = gate(database);

  private static JournalGate gate(DatabaseSettings database) {
    try {
      return new JournalGate(database);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  @BeforeEach
  void nothingIsLeftOfAnEarlierTest() throws SQLException {
    assertThat(gate.strings("SELECT persistence_id FROM event_journal")).isEmpty();
  }

  @AfterEach
  void close() throws Exception {
    for (ProvingProcess process : started) {
      process.kill();
    }
    gate.close();
  }

  private ProvingProcess.Builder up() {
    return ProvingProcess.in(data).database(database).set("requests.lease-term=2s");
  }

  private ProvingProcess start(ProvingProcess.Builder builder) {
    ProvingProcess process = builder.start();
    started.add(process);
    return process;
  }

  private static String request(ProvingProcess server, String... arguments) throws Exception {
    SdkClient client =
        SdkClient.run(server.url(), with(arguments, "--request-only", "--timeout", "600"));
    return client.event("requested").path("requestId").asText();
  }

  private static String[] with(String[] arguments, String... more) {
    return Stream.of(arguments, more).flatMap(Arrays::stream).toArray(String[]::new);
  }

  private static void assertProved(ProvingProcess server, String id) throws Exception {
    SdkClient client = SdkClient.run(server.url(), with(FIBONACCI, "--wait", id));
    assertThat(client.event("proved").path("publicValues").asText()).isEqualTo(PUBLIC_VALUES);
    assertThat(client.event("done").path("verified").asBoolean()).isTrue();
  }

  private void awaitEvent(String id, String manifest) {
    await(manifest + " in the journal")
        .atMost(Duration.ofMinutes(1))
        .until(() -> gate.events(id).contains(manifest));
  }

  /** Kills the server as it is about to persist this event, and starts another. */
  private ProvingProcess killBefore(String manifest, ProvingProcess server) throws Exception {
    gate.awaitArrival();
    server.kill();
    gate.openAfterKill();
    return start(up());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"lease-granted:1", "executed:1", "proved:1", "fulfilled:1", "inputs-erased:1"})
  void shouldProveARequestThoughItsServerWasKilledBefore(String manifest) throws Exception {
    gate.close(manifest);
    ProvingProcess server = start(up());
    String id = request(server, FIBONACCI);
    try (ProvingProcess next = killBefore(manifest, server)) {
      // Nobody has asked for it yet: the server went on by itself.
      awaitEvent(id, "inputs-erased:1");
      assertProved(next, id);
      List<String> events = gate.events(id);
      assertThat(events).startsWith("accepted:1").contains("executed:1", "proved:1");
      assertThat(events).endsWith("fulfilled:1", "inputs-erased:1");
      for (String once : List.of("accepted:1", "proved:1", "fulfilled:1", "inputs-erased:1")) {
        assertThat(events).containsOnlyOnce(once);
      }
    }
  }

  @Test
  void shouldKeepAProofThoughItsServerWasKilledAfterTheLastEvent() throws Exception {
    ProvingProcess server = start(up());
    String id = request(server, FIBONACCI);
    awaitEvent(id, "inputs-erased:1");
    server.kill();
    gate.openAfterKill();
    try (ProvingProcess next = start(up())) {
      assertProved(next, id);
    }
  }

  /** Its client got no answer, so nothing is owed; and it can come again. */
  @Test
  void shouldLeaveNothingHalfAcceptedWhenKilledBeforeTheFirstEvent() throws Exception {
    gate.close("accepted:1");
    ProvingProcess server = start(up());
    SdkClient.Running client = SdkClient.start(server.url(), with(FIBONACCI, "--request-only"));
    int port = server.port();
    gate.awaitArrival();
    server.kill();
    gate.openAfterKill();
    try (ProvingProcess next = start(up().port(port))) {
      // The SDK takes a call that was cut for the end; see the retry policy of its retry.rs.
      SdkClient unanswered = client.await();
      assertThat(unanswered.exit()).as(unanswered.output()).isEqualTo(1);
      assertThat(unanswered.events("requested")).isEmpty();
      assertThat(unanswered.event("failed").path("kind").asText()).isEqualTo("rpc-unknown");
      String id = request(next, FIBONACCI);
      assertProved(next, id);
      assertThat(gate.events(id)).contains("fulfilled:1");
      // Whatever the first try left is a row without events, which counts as no request.
      assertThat(
              gate.strings(
                  "SELECT DISTINCT persistence_id FROM event_journal e WHERE NOT EXISTS"
                      + " (SELECT 1 FROM event_journal a WHERE a.persistence_id = e.persistence_id"
                      + " AND a.event_ser_manifest = 'accepted:1')"))
          .isEmpty();
    }
  }

  /**
   * The row first, then the event, so that no request with a history is ever overlooked; and a
   * client without an answer repeats itself, with the nonce anew and the stdin as it was.
   */
  @ParameterizedTest
  @ValueSource(strings = {JournalGate.REQUEST_ROW, "accepted:1"})
  void shouldFindTheFirstWhenARequestIsRepeatedWhoseServerWasKilledBefore(String write)
      throws Exception {
    boolean rowIsThere = !write.equals(JournalGate.REQUEST_ROW);
    Guest fibonacci = Guest.of("fibonacci");
    ProvingProcess server = start(up());
    String stdinUri;
    try (var client = new WireClient(server.url(), Signer.ONE)) {
      client.register(fibonacci);
      stdinUri = client.uploadStdin(Encodings.stdin(Encodings.u32(20)));
      gate.close(write);
      CompletableFuture<ByteString> answer =
          client.requestLater(client.body(fibonacci.vkHash(), stdinUri));
      gate.awaitArrival();
      assertThat(answer).isNotDone();
      assertThat(requestRows()).hasSize(rowIsThere ? 1 : 0);
      server.kill();
      assertThat(answer).failsWithin(Duration.ofMinutes(1));
    }
    gate.openAfterKill();
    assertThat(gate.strings("SELECT persistence_id FROM event_journal")).isEmpty();
    List<String> rows = requestRows();

    try (ProvingProcess next = start(up());
        var client = new WireClient(next.url(), Signer.ONE)) {
      ByteString id = client.request(client.body(fibonacci.vkHash(), stdinUri));
      assertThat(client.request(client.body(fibonacci.vkHash(), stdinUri))).isEqualTo(id);
      assertThat(client.awaitEnd(id).getFulfillmentStatus()).isEqualTo(FulfillmentStatus.FULFILLED);
      String name = HexFormat.of().formatHex(id.toByteArray());
      assertThat(requestRows()).containsExactly(name).containsAll(rows);
      assertThat(gate.events(name)).containsOnlyOnce("accepted:1", "fulfilled:1");
    }
  }

  private List<String> requestRows() throws SQLException {
    return gate.strings("SELECT encode(request_id, 'hex') FROM request");
  }

  @Test
  void shouldTakeALeaseBackThoughItsServerWasKilledWhileItDidSo() throws Exception {
    gate.close("executed:1");
    ProvingProcess first = start(up());
    String id = request(first, FIBONACCI);
    gate.awaitArrival();
    first.kill();
    gate.openAfterKill();

    // The lease of the dead fulfiller runs out on the second server.
    gate.close("lease-lost:1");
    ProvingProcess second = start(up());
    try (ProvingProcess third = killBefore("lease-lost:1", second)) {
      awaitEvent(id, "inputs-erased:1");
      assertProved(third, id);
      assertThat(gate.events(id))
          .containsSubsequence("lease-granted:1", "lease-lost:1", "lease-granted:1");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"failed:1", "inputs-erased:1"})
  void shouldFailARequestThoughItsServerWasKilledBefore(String manifest) throws Exception {
    String[] panics = {
      "--elf", SdkClient.elf("misbehave").toString(), "--input", "u32:1", "--input", "text:x"
    };
    gate.close(manifest);
    ProvingProcess server = start(up());
    String id = request(server, panics);
    try (ProvingProcess next = killBefore(manifest, server)) {
      awaitEvent(id, "inputs-erased:1");
      SdkClient client = SdkClient.run(next.url(), with(panics, "--wait", id));
      assertThat(client.event("failed").path("kind").asText()).isEqualTo("unexecutable");
      assertThat(gate.events(id)).containsOnlyOnce("failed:1").endsWith("inputs-erased:1");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"expired:1", "inputs-erased:1"})
  void shouldExpireARequestThoughItsServerWasKilledBefore(String manifest) throws Exception {
    gate.close(manifest);
    // No device: nobody will prove it.
    ProvingProcess server = start(up().engine("cuda").set("fulfiller.device=99"));
    SdkClient client =
        SdkClient.run(server.url(), with(FIBONACCI, "--request-only", "--timeout", "3"));
    String id = client.event("requested").path("requestId").asText();
    gate.awaitArrival();
    server.kill();
    gate.openAfterKill();
    try (ProvingProcess next = start(up())) {
      awaitEvent(id, "inputs-erased:1");
      assertThat(gate.events(id)).containsExactly("accepted:1", "expired:1", "inputs-erased:1");
      SdkClient late = SdkClient.run(next.url(), with(FIBONACCI, "--wait", id));
      assertThat(late.event("failed").path("kind").asText()).isEqualTo("expired");
    }
  }
}
