package org.privateproving.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a user of the SDK gets from a noop engine: something in no time, and never a proof. */
class NoopEngineIT {
  private static final Fibonacci PROGRAM = new Fibonacci(20);

  @TempDir static Path data;
  private static ProvingProcess server;

  @BeforeAll
  static void start() {
    server = ProvingProcess.in(data).engine("noop").start().awaitEngine();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static SdkClient run(String mode, String verify) throws InterruptedException {
    return SdkClient.run(
        server.url(), PROGRAM.with("--network", "reserved", "--mode", mode, "--verify", verify));
  }

  @ParameterizedTest
  @ValueSource(strings = {"core", "compressed", "plonk", "groth16"})
  void shouldGiveWhatTheSdkReadsAsAProofOfTheModeAskedFor(String mode) throws Exception {
    SdkClient client = run(mode, "none");
    assertThat(client.exit()).as(client.output()).isZero();
    assertThat(client.event("proved").path("mode").asText()).isEqualTo(mode);
    assertThat(client.event("proved").path("publicValues").asText()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"core", "compressed", "plonk", "groth16"})
  void shouldGiveNothingThatTheSdkVerifies(String mode) throws Exception {
    SdkClient client = run(mode, "real");
    assertThat(client.exit()).as(client.output()).isNotZero();
    assertThat(client.output()).containsIgnoringCase("version mismatch");
  }

  @Test
  void shouldSayLoudlyThatItProvesNothing() {
    assertThat(server.log()).contains("ENGINE NOOP: nothing is executed and nothing is proved");
  }
}
