package org.privateproving.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.privateproving.database.DatabaseSettings;

/** The load test against a real server with a noop engine. */
@Tag("under-fire")
class BenchIT {
  private static final String ANY_HASH = "5a".repeat(32);

  @TempDir static Path data;
  @TempDir Path reports;
  private static ProvingProcess server;

  @BeforeAll
  static void start() {
    server = ProvingProcess.in(data).engine("noop").start().awaitEngine();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  /** Runs the packaged program to its end and reads its report. */
  private JsonNode bench(String... arguments) throws Exception {
    Path json = reports.resolve("report.json");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(List.of("-XX:+UseSerialGC", "-Xmx512m", "-jar"));
    command.add(Path.of("target", "private-proving.jar").toAbsolutePath().toString());
    command.addAll(List.of("bench", "--json", json.toString()));
    command.addAll(Arrays.asList(arguments));
    Path log = reports.resolve("bench.log");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    DatabaseSettings database = EmbeddedDatabase.of(data);
    builder.environment().put("PRIVATE_PROVING_DATABASE_PASSWORD", database.password());
    Process process = builder.start();
    boolean ended = process.waitFor(8, TimeUnit.MINUTES);
    if (!ended) {
      // Not by force: it stops what it has started.
      process.destroy();
      process.waitFor(2, TimeUnit.MINUTES);
    }
    assertThat(ended).as(Files.readString(log)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(log)).isZero();
    return new ObjectMapper().readTree(json.toFile());
  }

  private static JsonNode timing(JsonNode report, String name) {
    return StreamSupport.stream(report.path("timings").spliterator(), false)
        .filter(timing -> timing.path("name").asText().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError(name + ": not in " + report.path("timings")));
  }

  @Test
  void shouldCompleteAsManyRequestsAsItBeganAndTimeThem() throws Exception {
    Path svg = reports.resolve("report.svg");
    JsonNode report =
        bench(
            "--url",
            server.url().toString(),
            "--database-url",
            EmbeddedDatabase.of(data).url(),
            "--pid",
            Long.toString(server.handle().pid()),
            "--vk-hash",
            ANY_HASH,
            "--clients",
            "3",
            "--requests",
            "12",
            "--warm-up",
            "0s",
            "--svg",
            svg.toString());

    JsonNode requests = report.path("requests");
    assertThat(requests.path("started").asLong()).isEqualTo(12);
    assertThat(requests.path("accepted").asLong()).isEqualTo(12);
    assertThat(requests.path("completed").asLong()).isEqualTo(12);
    assertThat(requests.path("failed").asLong()).isZero();
    assertThat(requests.path("unfinished").asLong()).isZero();
    assertThat(report.path("errors")).isEmpty();
    assertThat(report.path("failures")).isEmpty();
    assertThat(report.path("rates").path("completed").asDouble()).isPositive();
    assertThat(timing(report, "accepted to proof").path("count").asLong()).isEqualTo(12);
    assertThat(timing(report, "answered to leased").path("count").asLong()).isEqualTo(12);
    assertThat(timing(report, "RequestProof").path("p50").asDouble()).isPositive();
    assertThat(report.path("processes").get(0).path("residentMaxMegabytes").asDouble())
        .isGreaterThan(50);
    assertThat(Files.readString(svg)).startsWith("<svg ").endsWith("</svg>\n");
  }

  @Test
  void shouldSpeakTheMessagesOfTheOpenMarketAtAFixedRate() throws Exception {
    JsonNode report =
        bench(
            "--url",
            server.url().toString(),
            "--vk-hash",
            ANY_HASH,
            "--network",
            "mainnet",
            "--mode",
            "groth16",
            "--rate",
            "2",
            "--clients",
            "2",
            "--duration",
            "3s",
            "--warm-up",
            "0s");
    assertThat(report.path("requests").path("started").asLong()).isEqualTo(6);
    assertThat(report.path("requests").path("completed").asLong()).isEqualTo(6);
    assertThat(timing(report, "GetProofRequestParams").path("count").asLong()).isPositive();
  }

  @Test
  void shouldStartItsOwnServerFillAQueueAndOvertakeIt() throws Exception {
    JsonNode report =
        bench(
            "--self",
            "--jvm",
            "-Xmx512m",
            "--jvm",
            "-XX:+UseSerialGC",
            "--scenario",
            "waiting",
            "--requests",
            "20",
            "--clients",
            "4",
            "--rate",
            "1",
            "--duration",
            "3s",
            "--warm-up",
            "0s",
            "--folder",
            reports.resolve("own").toString());
    assertThat(report.path("requests").path("completed").asLong()).isEqualTo(3);
    assertThat(report.path("failures")).isEmpty();
    assertThat(report.path("notes").get(0).asText()).startsWith("a queue of 20 requests");
    assertThat(report.path("processes").get(0).path("heapMaxMegabytes").asDouble()).isPositive();
  }

  @Test
  void shouldPollForProofsThatNobodyMakes() throws Exception {
    JsonNode report =
        bench(
            "--self",
            "--jvm",
            "-Xmx512m",
            "--jvm",
            "-XX:+UseSerialGC",
            "--scenario",
            "polls",
            "--clients",
            "5",
            "--poll-every",
            "500ms",
            "--duration",
            "4s",
            "--warm-up",
            "0s");
    assertThat(report.path("failures")).isEmpty();
    assertThat(report.path("rates").path("polls").asDouble()).isPositive();
    assertThat(timing(report, "GetProofRequestStatus").path("count").asLong()).isPositive();
  }
}
