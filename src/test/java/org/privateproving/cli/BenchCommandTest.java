package org.privateproving.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.privateproving.bench.BenchPlan;
import org.privateproving.bench.Load;
import org.privateproving.bench.NetworkKind;
import org.privateproving.bench.Scenario;
import org.privateproving.sp1.ProofMode;
import picocli.CommandLine;

@ExtendWith(LogLevels.class)
class BenchCommandTest {
  private final StringWriter err = new StringWriter();

  private static BenchPlan plan(String line) {
    BenchFlags flags = new BenchFlags();
    new CommandLine(new Holder(flags))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .parseArgs(line.split(" "));
    return flags.plan(Duration.ofMillis(5));
  }

  @CommandLine.Command
  private record Holder(@CommandLine.Mixin BenchFlags flags) {}

  private int run(String line) {
    return PrivateProving.commandLine(
            Map.of(),
            (_, _, _) -> {
              throw new AssertionError("a node");
            },
            new Terminal(OutputStream.nullOutputStream(), false))
        .setErr(new PrintWriter(err, true))
        .execute(line.split(" "));
  }

  @Test
  void takesAScenarioAsItIsPreset() {
    BenchPlan plan = plan("--self --scenario polls");
    assertThat(plan.scenario()).isEqualTo(Scenario.POLLS);
    assertThat(plan.urls()).isEmpty();
    assertThat(plan.clients()).isEqualTo(2_000);
    assertThat(plan.pollEvery()).isEqualTo(Duration.ofSeconds(2));
    assertThat(plan.engineTime()).isEqualTo(Duration.ofMillis(5));
    assertThat(plan.program()).isEqualTo(Path.of("guests/elf/fibonacci.elf"));
  }

  @Test
  void takesEveryFlag() {
    BenchPlan plan =
        plan(
            "--url http://a:1 --url https://b --scenario HANDOFF --clients 7 --rate 2.5"
                + " --requests 9 --duration 3s --warm-up 4s --settle 5s --stdin-size 6KiB"
                + " --program x.elf --vk-hash 0x"
                + "ab".repeat(32)
                + " --mode groth16 --network mainnet --poll-every 8ms --engine-time 10ms"
                + " --devices 11");
    assertThat(plan.urls()).containsExactly(URI.create("http://a:1"), URI.create("https://b"));
    assertThat(plan.scenario()).isEqualTo(Scenario.HANDOFF);
    assertThat(plan.clients()).isEqualTo(7);
    assertThat(plan.load()).isEqualTo(new Load.Open(2.5));
    assertThat(plan.requests()).isEqualTo(9);
    assertThat(plan.duration()).isEqualTo(Duration.ofSeconds(3));
    assertThat(plan.warmUp()).isEqualTo(Duration.ofSeconds(4));
    assertThat(plan.settle()).isEqualTo(Duration.ofSeconds(5));
    assertThat(plan.stdinSize()).isEqualTo(6 << 10);
    assertThat(plan.program()).isEqualTo(Path.of("x.elf"));
    assertThat(plan.vkHash().orElseThrow()).hasSize(32).containsOnly(0xab);
    assertThat(plan.mode()).isEqualTo(ProofMode.GROTH16);
    assertThat(plan.network()).isEqualTo(NetworkKind.MAINNET);
    assertThat(plan.pollEvery()).isEqualTo(Duration.ofMillis(8));
    assertThat(plan.engineTime()).isEqualTo(Duration.ofMillis(10));
    assertThat(plan.devices()).isEqualTo(11);
  }

  @Test
  void givesEachClientOneRequestAtATimeUnlessToldOtherwise() {
    assertThat(plan("--self --clients 7").load()).isEqualTo(new Load.Closed(7));
    assertThat(plan("--self --concurrency 7").clients()).isEqualTo(7);
    assertThat(plan("--self --scenario handoff --clients 7").load()).isEqualTo(new Load.Open(50));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--clients 3",
        "--self --url http://a",
        "--self --rate 1 --concurrency 1",
        "--self --duration soon",
        "--self --stdin-size large",
        "--self --vk-hash abcd",
        "--self --vk-hash x",
        "--self --clients 0"
      })
  void refusesWhatMakesNoSense(String line) {
    assertThatIllegalArgumentException().isThrownBy(() -> plan(line));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bench",
        "bench --self --clients 0",
        "bench --self --clients many",
        "bench --self --scenario everything",
        "bench --self --noop-duration soon",
        "bench --self --program no/such.elf",
        "bench --url http://a --database-url mysql:x"
      })
  void saysInOneLineWhyItDoesNotBegin(String line) {
    assertThat(run(line)).isEqualTo(PrivateProving.USAGE);
    assertThat(err.toString().lines()).singleElement().asString().contains("bench --help");
  }

  @Test
  void saysThatNobodyAnswers() {
    assertThat(run("bench --url http://127.0.0.1:1 --vk-hash " + "ab".repeat(32) + " --pid 0"))
        .isEqualTo(PrivateProving.FAILURE);
    assertThat(err.toString()).startsWith("the servers cannot be measured: ");
  }
}
