package org.privateproving.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
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
  /** An end that falls just before the SDK's next poll shows nothing: so it may fail again. */
  private static final int TRIES = 3;

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
    List<Wait> waits = new ArrayList<>();
    do {
      waits.add(failing(cause, selector, limits));
    } while (!waits.getLast().isOverBeforeTheNextPoll() && waits.size() < TRIES);
    assertThat(waits.getLast().untold()).as(way).isLessThan(TOLD_WITHIN);
    // A program that runs for longer than a poll is held may meet the SDK asleep.
    if (waits.stream().allMatch(Wait::couldBeHeld)) {
      assertThat(waits).as(way).anyMatch(Wait::isOverBeforeTheNextPoll);
    }
  }

  private static Wait failing(String cause, int selector, List<String> limits) throws Exception {
    SdkClient client =
        misbehave(
            selector,
            Stream.concat(Stream.of("--details"), limits.stream()).toArray(String[]::new));
    assertThat(client.event("failed").path("kind").asText()).isEqualTo("unexecutable");
    assertThat(client.event("details").path("details").asText())
        .contains("fulfillment_status: Unfulfillable", "execution_status: Unexecutable")
        .contains("execute_fail_cause: " + cause, "error: ExecutionFailure");
    String id = client.event("requested").path("requestId").asText();
    return new Wait(client.at("requested"), journal.writtenAt(id, "failed:1"), client.at("failed"));
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
}
