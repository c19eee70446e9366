package org.privateproving.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.privateproving.request.SampleRequests.NOW;
import static org.privateproving.request.SampleRequests.executedFacts;
import static org.privateproving.request.SampleRequests.order;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.privateproving.domain.FailureCause;

class NearEndTest {
  private static final Duration BOUND = Duration.ofSeconds(3);
  private static final Instant LATER = NOW.plusSeconds(60);
  private static final State.Leased EXECUTED =
      new State.Leased(
          executedFacts(order()), new State.Lease(1, "gpu-0", NOW, NOW.plusSeconds(15)));

  private final NearEnd end = new NearEnd(BOUND);

  private boolean near(State state, Instant predicted, Instant now) {
    return end.isNear(state, Optional.of(predicted), now);
  }

  @Test
  void shouldHoldWhenTheProofIsStored() {
    assertThat(end.isNear(SampleRequests.proved(), Optional.empty(), LATER)).isTrue();
  }

  @Test
  void shouldHoldWhenTheEndIsDueWithinTheBoundAndNotWhenItIsFurtherOff() {
    assertThat(near(EXECUTED, LATER.plusSeconds(2), LATER)).isTrue();
    assertThat(near(EXECUTED, LATER.plusSeconds(4), LATER)).isFalse();
  }

  @Test
  void shouldForgetAPredictionThatHasPassedByMoreThanTheBound() {
    assertThat(near(EXECUTED, LATER.minusSeconds(2), LATER)).isTrue();
    assertThat(near(EXECUTED, LATER.minusSeconds(4), LATER)).isFalse();
  }

  @Test
  void shouldHoldAYoungOrderUntilItHasRunSinceThenMostFailuresShow() {
    assertThat(end.isNear(SampleRequests.queued(), Optional.empty(), NOW)).isTrue();
    assertThat(end.isNear(SampleRequests.leased(), Optional.empty(), NOW)).isTrue();
    assertThat(end.isNear(EXECUTED, Optional.empty(), NOW)).isFalse();
    assertThat(end.isNear(SampleRequests.leased(), Optional.empty(), NOW.plus(BOUND))).isFalse();
  }

  @Test
  void shouldNeverHoldWhatHasEnded() {
    for (State ended :
        new State[] {
          SampleRequests.fulfilled(),
          SampleRequests.failed(FailureCause.CANCELED),
          SampleRequests.expired(),
          new State.Absent()
        }) {
      assertThat(near(ended, NOW, NOW)).as("%s", ended).isFalse();
    }
  }

  @Test
  void shouldHoldNothingWhenItIsSwitchedOff() {
    NearEnd off = new NearEnd(Duration.ZERO);
    assertThat(off.isNear(SampleRequests.proved(), Optional.of(NOW), NOW)).isFalse();
    assertThat(off.isNear(SampleRequests.queued(), Optional.of(NOW), NOW)).isFalse();
  }
}
