package org.privateproving.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a user of the SDK gets from {@code up}: every way of asking, and no waiting in vain. */
class SdkClientIT {
  private static final List<String> NETWORKS = List.of("hosted", "reserved", "mainnet");
  private static final List<String> MODES = List.of("core", "compressed", "plonk", "groth16");
  private static final Fibonacci QUICK = new Fibonacci(20);

  /** Takes longer than the SDK's first poll is away. */
  private static final Fibonacci SLOWER = new Fibonacci(500_000);

  @TempDir static Path data;
  private static ProvingProcess server;

  @BeforeAll
  static void start() throws Exception {
    server = ProvingProcess.in(data).start();
    SdkClient.prepare(server.url(), "fibonacci", "sum-of-secrets", "misbehave");
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  /** All of them at once: each would mostly wait. */
  static List<Arguments> everyNetworkAndMode() {
    List<Arguments> clients = new ArrayList<>();
    for (String network : NETWORKS) {
      for (String mode : MODES) {
        clients.add(
            Arguments.of(
                mode,
                Named.of(
                    network,
                    SdkClient.start(
                        server.url(), QUICK.with("--network", network, "--mode", mode)))));
      }
    }
    return clients;
  }

  @ParameterizedTest
  @MethodSource("everyNetworkAndMode")
  void shouldProveInEveryModeWhicheverNetworkTheSdkIsMadeFor(String mode, SdkClient.Running running)
      throws Exception {
    SdkClient client = running.await();
    assertProved(client, QUICK);
    assertThat(client.event("proved").path("mode").asText()).isEqualTo(mode);
  }

  @ParameterizedTest
  @ValueSource(strings = {"hosted", "reserved", "mainnet"})
  void shouldProveOnAnInputThatIsMarkedPrivate(String network) throws Exception {
    SdkClient client =
        SdkClient.run(
            server.url(), QUICK.with("--network", network, "--private-stdin", "--details"));
    assertProved(client, QUICK);
    assertThat(details(client)).contains("stdin_private: true");
  }

  @ParameterizedTest
  @ValueSource(strings = {"hosted", "mainnet"})
  void shouldTellTheDetailsOfARequestInBothSchemas(String network) throws Exception {
    Fibonacci program = new Fibonacci(10_000);
    SdkClient client = SdkClient.run(server.url(), program.with("--network", network, "--details"));
    assertProved(client, program);
    String details = details(client);
    assertThat(details)
        .contains("fulfillment_status: Fulfilled", "execution_status: Executed")
        .contains("execute_fail_cause: UnspecifiedExecutionFailureCause")
        .contains("error: UnspecifiedProofRequestFailure");
    assertThat(number(details, "cycles")).isGreaterThan(program.n());
    assertThat(number(details, "gas_used")).isPositive();
  }

  @Test
  void shouldProveTwentyRequestsOfThreeProgramsAtOnce() throws Exception {
    SdkClient client =
        SdkClient.run(
            server.url(),
            Stream.of(
                    Stream.of("fibonacci", "sum-of-secrets", "misbehave")
                        .flatMap(guest -> Stream.of("--elf", SdkClient.elf(guest).toString())),
                    // The first program reads the length of the list, 2; the second its numbers;
                    // the third the length, which lets it behave, and the text.
                    Stream.of("--input", "u64s:5,6", "--input", "text:secret"),
                    Stream.of("--count", "20", "--concurrent"))
                .flatMap(arguments -> arguments)
                .toArray(String[]::new));
    assertThat(client.exit()).as(client.output()).isZero();
    String fibonacci = new Fibonacci(2).publicValues();
    List<String> ofEachProgram = List.of(fibonacci, "0b00000000000000", "02000000");
    List<JsonNode> proved = client.events("proved");
    assertThat(proved)
        .hasSize(20)
        .allSatisfy(
            line ->
                assertThat(line.path("publicValues").asText())
                    .isEqualTo(ofEachProgram.get(line.path("job").asInt() % 3)));
    assertThat(proved).extracting(line -> line.path("requestId").asText()).doesNotHaveDuplicates();
    assertThat(client.events("done"))
        .hasSize(20)
        .allMatch(line -> line.path("verified").asBoolean());
  }

  /**
   * The server learns how long such proofs take, as a moving average: after a few it knows, however
   * long those took that other tests asked for.
   */
  @Test
  void shouldAnswerAPollTheMomentTheProofIsThereWhenItsEndCanBePredicted() throws Exception {
    assertThat(waits(server, data, 5)).anyMatch(Wait::isOverBeforeTheNextPoll);
  }

  @Test
  void shouldLetTheSdkSleepBetweenPollsWhenHoldingIsSwitchedOff(@TempDir Path data)
      throws Exception {
    try (ProvingProcess holdsNothing =
        ProvingProcess.in(data).set("gateway.hold=0s").start().awaitEngine()) {
      assertThat(waits(holdsNothing, data, 2)).noneMatch(Wait::isOverBeforeTheNextPoll);
    }
  }

  /** From the request to the proof, one request after the other. */
  private static List<Wait> waits(ProvingProcess at, Path data, int count) throws Exception {
    SdkClient client =
        SdkClient.run(
            at.url(), SLOWER.with("--count", Integer.toString(count), "--verify", "none"));
    assertThat(client.exit()).as(client.output()).isZero();
    List<JsonNode> requested = client.events("requested");
    List<JsonNode> proved = client.events("proved");
    assertThat(proved).hasSize(count);
    List<Wait> waits = new ArrayList<>();
    try (var journal = new JournalGate(EmbeddedDatabase.of(data))) {
      for (int i = 0; i < count; i++) {
        Instant ended = journal.writtenAt(proved.get(i).path("requestId").asText(), "fulfilled:1");
        waits.add(new Wait(SdkClient.at(requested.get(i)), ended, SdkClient.at(proved.get(i))));
      }
    }
    return waits;
  }

  private static void assertProved(SdkClient client, Fibonacci program) {
    assertThat(client.exit()).as(client.output()).isZero();
    assertThat(client.event("proved").path("publicValues").asText())
        .isEqualTo(program.publicValues());
    assertThat(client.event("done").path("verified").asBoolean()).isTrue();
  }

  private static String details(SdkClient client) {
    return client.event("details").path("details").asText();
  }

  /** A field of the details, which the SDK prints as {@code name: Some(number,)}. */
  private static long number(String details, String field) {
    return Pattern.compile("\\b" + field + ": Some\\(\\s*(\\d+),?\\s*\\)")
        .matcher(details)
        .results()
        .map((MatchResult found) -> Long.parseLong(found.group(1)))
        .findFirst()
        .orElseThrow(() -> new AssertionError(field + ": not in " + details));
  }
}
