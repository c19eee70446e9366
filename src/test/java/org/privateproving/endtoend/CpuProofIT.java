package org.privateproving.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real proof, without a GPU: minutes of all cores and some 10 GB of memory. */
@Tag("cpu-proof")
class CpuProofIT {
  @Test
  void shouldProveOnTheCpuWhatTheSdkVerifies(@TempDir Path data) throws Exception {
    Fibonacci program = new Fibonacci(20);
    Instant start = Instant.now();
    try (ProvingProcess server =
        ProvingProcess.in(data).engine("cpu").jvm("-Xmx512m").start().awaitEngine()) {
      Duration engineStart = Duration.between(start, Instant.now());
      SdkClient client = SdkClient.run(server.url(), program.with("--verify", "real"));
      assertThat(client.exit()).as(client.output()).isZero();
      assertThat(client.event("proved").path("publicValues").asText())
          .isEqualTo(program.publicValues());
      assertThat(client.event("done").path("verified").asBoolean()).isTrue();
      long proof = millis(client, "proved") - millis(client, "requested");
      long verified = millis(client, "done") - millis(client, "proved");
      System.out.printf(
          "cpu engine: ready %d s after the start of the process; core proof of fibonacci(%d): %d s"
              + " from request to proof, %d bytes, verified in %.1f s%n",
          engineStart.toSeconds(),
          program.n(),
          proof / 1000,
          client.event("proved").path("proofBytes").asLong(),
          verified / 1000.0);
    }
  }

  private static long millis(SdkClient client, String event) {
    return client.event(event).path("elapsedMillis").asLong();
  }
}
