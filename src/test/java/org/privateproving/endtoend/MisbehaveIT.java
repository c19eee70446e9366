package org.privateproving.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.privateproving.database.DatabaseSettings;
import org.privateproving.database.TestPostgres;

/** Programs that go wrong: their user learns it at once, and learns why. */
class MisbehaveIT {
  private static final Duration TOLD_WITHIN = Duration.ofSeconds(2);

  private static final String SECRET = "for no eyes but yours";

  @TempDir static Path data;
  private static ProvingProcess server;
  private static JournalGate journal;

  @BeforeAll
  static void start() throws Exception {
    DatabaseSettings database = TestPostgres.freshDatabase();
    journal = new JournalGate(database);
    server = ProvingProcess.in(data).database(database).start();
    SdkClient.prepare(server.url(), "misbehave");
    // The fulfiller, too, computes the program's key once.
    misbehave(0).event("done");
  }

  @AfterAll
  static void stop() throws SQLException {
    server.close();
    journal.close();
  }

  private static SdkClient misbehave(int selector, String... more) throws InterruptedException {
    return SdkClient.run(
        server.url(),
        Stream.concat(
                Stream.of(
                    "--elf",
                    SdkClient.elf("misbehave").toString(),
                    "--input",
                    "u32:" + selector,
                    "--input",
                    "text:" + SECRET),
                Stream.of(more))
            .toArray(String[]::new));
  }

  /** What the program does, the cause as the SDK calls it, and the program's selector. */
  static List<Arguments> failures() {
    String halt = "HaltWithNonZeroExitCode";
    String tooManyCycles = "ExceededCycleLimit";
    return List.of(
        failure("panics", halt, 1),
        failure("exits with code 7", halt, 3),
        failure("loops without touching memory", tooManyCycles, 4, "--cycle-limit", "1000000"),
        failure("reads beyond its memory", "InvalidMemoryAccess", 5),
        // SP1's executor has no name of its own for this.
        failure("makes an unknown syscall", "UnspecifiedExecutionFailureCause", 6),
        failure("executes an illegal instruction", "Unimplemented", 7),
        // Nor for this.
        failure("executes a breakpoint", "Unimplemented", 8),
        failure("reads more input than there is", halt, 9),
        failure("loops and uses memory", tooManyCycles, 12, "--cycle-limit", "1000000"),
        failure("behaves, for too many cycles", tooManyCycles, 0, "--cycle-limit", "100"),
        failure("behaves, for too much gas", "ExceededGasLimit", 0, "--gas-limit", "100"));
  }

  private static Arguments failure(String way, String cause, int selector, String... limits) {
    return Arguments.of(way, cause, selector, List.of(limits));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("failures")
  void shouldTellTheUserAtOnceThatAndWhyAProgramFails(
      String way, String cause, int selector, List<String> limits) throws Exception {
    SdkClient client =
        misbehave(
            selector,
            Stream.concat(Stream.of("--details"), limits.stream()).toArray(String[]::new));
    assertThat(client.event("failed").path("kind").asText()).isEqualTo("unexecutable");
    assertThat(client.event("details").path("details").asText())
        .contains("fulfillment_status: Unfulfillable", "execution_status: Unexecutable")
        .contains("execute_fail_cause: " + cause, "error: ExecutionFailure");
    String id = client.event("requested").path("requestId").asText();
    Duration untold = Duration.between(failedAt(id), client.at("failed"));
    assertThat(untold).as("from the failure until the user knows: " + way).isLessThan(TOLD_WITHIN);
  }

  static List<Arguments> thatBehave() {
    String secret = HexFormat.of().formatHex(SECRET.getBytes(StandardCharsets.UTF_8));
    return List.of(
        Arguments.of("does nothing wrong", "00000000", 0),
        Arguments.of("prints its secret", "02000000", 2),
        Arguments.of("commits its secret", secret + "0a000000", 10),
        Arguments.of("prints its secret for a mebibyte", "0b000000", 11));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("thatBehave")
  void shouldProveWhatAProgramDoesThatSp1DoesNotForbid(
      String way, String publicValues, int selector) throws Exception {
    SdkClient client = misbehave(selector);
    assertThat(client.event("proved").path("publicValues").asText()).isEqualTo(publicValues);
    assertThat(client.event("done").path("verified").asBoolean()).isTrue();
  }

  /** When the failure was established: a message's way after the end of the execution. */
  private static Instant failedAt(String id) throws SQLException {
    List<String> times =
        journal.strings(
            "SELECT write_timestamp FROM event_journal WHERE event_ser_manifest = 'failed:1'"
                + " AND persistence_id = 'ProofRequest|"
                + id.replace("0x", "")
                + "'");
    assertThat(times).hasSize(1);
    return Instant.ofEpochMilli(Long.parseLong(times.getFirst()));
  }
}
