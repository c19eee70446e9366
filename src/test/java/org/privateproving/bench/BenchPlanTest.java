package org.privateproving.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class BenchPlanTest {
  private static Arguments wrong(String flag, Consumer<SamplePlan> mistake) {
    return Arguments.of(flag, mistake);
  }

  static Stream<Arguments> mistakes() {
    return Stream.of(
        wrong("--clients", plan -> plan.clients = 0),
        wrong("--clients", plan -> plan.clients = 100_001),
        wrong("--rate", plan -> plan.load = new Load.Open(0)),
        wrong("--rate", plan -> plan.load = new Load.Open(Double.NaN)),
        wrong("--concurrency", plan -> plan.load = new Load.Closed(0)),
        wrong("--requests", plan -> plan.requests = -1),
        wrong("--requests", plan -> plan.scenario = Scenario.WAITING),
        wrong("--duration", plan -> plan.duration = Duration.ZERO),
        wrong("--warm-up", plan -> plan.warmUp = Duration.ofSeconds(-1)),
        wrong("--settle", plan -> plan.settle = Duration.ofSeconds(-1)),
        wrong("--stdin-size", plan -> plan.stdinSize = -1),
        wrong("--poll-every", plan -> plan.pollEvery = Duration.ZERO),
        wrong("--engine-time", plan -> plan.engineTime = Duration.ofSeconds(-1)),
        wrong("--devices", plan -> plan.devices = 0),
        wrong("--url", plan -> plan.urls = List.of(URI.create("ftp://somewhere"))),
        wrong("--url", plan -> plan.urls = List.of(URI.create("127.0.0.1"))),
        wrong("--url", plan -> plan.urls = List.of(URI.create("http://me:secret@somewhere"))));
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void shouldRefuseWhatMakesNoSenseByItsFlag(String flag, Consumer<SamplePlan> mistake) {
    SamplePlan plan = new SamplePlan();
    mistake.accept(plan);
    assertThatIllegalArgumentException()
        .isThrownBy(plan::make)
        .withMessageStartingWith(flag + ": ")
        .withMessageContaining("expected");
  }

  @ParameterizedTest
  @EnumSource(Scenario.class)
  void shouldTakeEveryScenarioAsItIsPreset(Scenario scenario) {
    SamplePlan plan = new SamplePlan();
    plan.scenario = scenario;
    plan.clients = scenario.clients();
    plan.load = scenario.load();
    plan.requests = scenario.requests();
    plan.duration = scenario.duration();
    plan.warmUp = scenario.warmUp();
    plan.stdinSize = scenario.stdinSize();
    assertThat(plan.make().scenario()).isEqualTo(scenario);
  }

  @Test
  void shouldBeginAnOpenLoadsLivesAtEvenTimes() {
    Load.Open load = new Load.Open(50);
    assertThat(load.startOf(0)).isZero();
    assertThat(load.startOf(1)).isEqualTo(Duration.ofMillis(20));
    assertThat(load.startOf(500)).isEqualTo(Duration.ofSeconds(10));
  }
}
