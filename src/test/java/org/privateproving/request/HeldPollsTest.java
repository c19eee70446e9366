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

class HeldPollsTest {
  private static final Duration BOUND = Duration.ofSeconds(3);
  private static final Instant LATER = NOW.plusSeconds(60);
  private static final State.Leased EXECUTED =
      new State.Leased(
          executedFacts(order()), new State.Lease(1, "gpu-0", NOW, NOW.plusSeconds(15)));

  private final HeldPolls polls = new HeldPolls(BOUND);

  private boolean near(State state, Instant end, Instant now) {
    return polls.isNear(state, Optional.of(end), now);
  }

  @Test
  void shouldHoldWhenTheProofIsStored() {
    assertThat(polls.isNear(SampleRequests.proved(), Optional.empty(), LATER)).isTrue();
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
    assertThat(polls.isNear(SampleRequests.queued(), Optional.empty(), NOW)).isTrue();
    assertThat(polls.isNear(SampleRequests.leased(), Optional.empty(), NOW)).isTrue();
    assertThat(polls.isNear(EXECUTED, Optional.empty(), NOW)).isFalse();
    assertThat(polls.isNear(SampleRequests.leased(), Optional.empty(), NOW.plus(BOUND))).isFalse();
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
    HeldPolls off = new HeldPolls(Duration.ZERO);
    assertThat(off.isNear(SampleRequests.proved(), Optional.of(NOW), NOW)).isFalse();
    assertThat(off.isNear(SampleRequests.queued(), Optional.of(NOW), NOW)).isFalse();
  }

  @Test
  void shouldHoldABoundedNumberOfPolls() {
    var inbox =
        org.apache.pekko.actor.testkit.typed.javadsl.TestInbox.<RequestCommand.Answer>create();
    int held = 0;
    while (polls.hasRoom()) {
      polls.hold(inbox.getRef());
      held++;
      assertThat(held).isLessThan(1000);
    }
    polls.answerAll(new RequestCommand.Answer(Optional.empty()));
    assertThat(inbox.getAllReceived()).hasSize(held);
    assertThat(polls.hasRoom()).isTrue();
  }
}
