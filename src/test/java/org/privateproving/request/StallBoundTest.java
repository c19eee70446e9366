package org.privateproving.request;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.privateproving.domain.Digest;
import org.privateproving.fulfiller.FulfillerMessage;
import org.privateproving.fulfiller.WorkReport.ExecutionReport;
import org.privateproving.fulfiller.WorkReport.Heartbeat;
import org.privateproving.fulfiller.WorkReport.Phase;

class StallBoundTest {
  private static final StallBound BOUND =
      new StallBound(Duration.ofMinutes(10), Duration.ofSeconds(2));

  private static Heartbeat beat(Phase phase, Optional<Duration> inPhase, long cycles) {
    return new Heartbeat(
        1,
        phase,
        inPhase,
        Optional.of(new ExecutionReport(cycles, 1, Digest.of(new byte[32]))),
        TestInbox.<FulfillerMessage>create().getRef());
  }

  @ParameterizedTest
  @CsvSource({
    "600, 0, false",
    "601, 0, true",
    "800, 100000000, false",
    "801, 100000000, true",
    // Unsigned, and more than anybody may wait for.
    "30000000, -1, false",
  })
  void growsWithTheCyclesOfWhatIsProved(long seconds, long cycles, boolean over) {
    Heartbeat beat = beat(Phase.PROVING, Optional.of(Duration.ofSeconds(seconds)), cycles);
    assertThat(BOUND.isOver(beat)).isEqualTo(over);
  }

  @ParameterizedTest
  @EnumSource(
      value = Phase.class,
      names = {"FETCHING", "EXECUTING", "DELIVERING"})
  void isTheBaseForAllElse(Phase phase) {
    Optional<Duration> base = Optional.of(Duration.ofSeconds(600));
    assertThat(BOUND.isOver(beat(phase, base, 1L << 40))).isFalse();
    assertThat(BOUND.isOver(beat(phase, base.map(time -> time.plusSeconds(1)), 1L << 40))).isTrue();
  }

  @Test
  void isNeverOverForAFulfillerThatDoesNotSay() {
    assertThat(BOUND.isOver(beat(Phase.PROVING, Optional.empty(), 1))).isFalse();
  }
}
