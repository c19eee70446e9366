package org.privateproving.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.privateproving.request.RunningRequest.TERM;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.apache.pekko.actor.testkit.typed.javadsl.FishingOutcomes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.privateproving.domain.FailureCause;
import org.privateproving.fulfiller.FulfillerMessage;
import org.privateproving.fulfiller.FulfillerMessage.LeaseGone;
import org.privateproving.fulfiller.FulfillerMessage.LeaseRenewed;
import org.privateproving.fulfiller.FulfillerMessage.Settled;
import org.privateproving.fulfiller.WorkReport.Fault;
import org.privateproving.fulfiller.WorkReport.NeedInputs;

/** How leases are granted, renewed, lost and taken up again. */
class LeasingTest {
  @RegisterExtension static final RequestKit kit = RequestKit.start();

  private final RunningRequest request = kit.request();

  @Test
  void shouldPersistALeaseBeforeWorkStarts() {
    request.accepted();
    assertThat(request.proposed("gpu-0").eventOfType(Event.LeaseGranted.class).epoch())
        .isEqualTo(1);
    request.fulfiller.expectMessageClass(FulfillerMessage.Assign.class);
  }

  @Test
  void shouldTurnDownASecondProposal() {
    request.leased();
    assertThat(request.proposed("gpu-1").hasNoEvents()).isTrue();
    request.fulfiller.expectNoMessage();
  }

  @Test
  void shouldRaiseTheEpochWithEachLease() {
    request.leased();
    request.told(request.gaveUp(1, Fault.NONE));
    request.fulfiller.expectMessage(new Settled(request.id, 1));
    request.proposed("gpu-0");
    assertThat(
            request
                .fulfiller
                .expectMessageClass(FulfillerMessage.Assign.class)
                .assignment()
                .epoch())
        .isEqualTo(2);
  }

  @Test
  void shouldTakeALeaseBackThatIsNotRenewed() {
    request.leased();
    await("the lease ends by itself")
        .atMost(Duration.ofSeconds(10))
        .until(() -> request.state() instanceof State.Queued);
    assertThat(((State.Queued) request.state()).facts().attempts()).isEqualTo(1);
  }

  @Test
  void shouldKeepALeaseThatIsRenewedForLongerThanItsTerm() {
    request.leased();
    Instant end = Instant.now().plus(TERM.multipliedBy(2));
    await("two terms with heartbeats")
        .atMost(TERM.multipliedBy(4))
        .pollInterval(TERM.dividedBy(4))
        .until(
            () -> {
              request.told(request.beat(1, false));
              request.fulfiller.expectMessage(new LeaseRenewed(request.id, 1));
              return Instant.now().isAfter(end);
            });
    assertThat(request.state()).isInstanceOf(State.Leased.class);
  }

  @Test
  void shouldTakeALeaseFromAFulfillerThatHangsThoughItsHeartBeats() {
    request.leased();
    request.told(request.beatAfter(1, RunningRequest.STALL.base()));
    assertThat(request.state()).isInstanceOf(State.Leased.class);
    var result = request.told(request.beatAfter(1, RunningRequest.STALL.base().plusMinutes(1)));
    assertThat(result.eventOfType(Event.LeaseLost.class).reason())
        .isEqualTo("its fulfiller hangs: 660 s proving");
    request.fulfiller.fishForMessage(
        Duration.ofSeconds(3),
        message ->
            message.equals(new LeaseGone(request.id, 1))
                ? FishingOutcomes.complete()
                : FishingOutcomes.continueAndIgnore());
  }

  @Test
  void shouldFailForGoodWhenItsAttemptsAreUsedUp() {
    request.leased();
    request.told(request.gaveUp(1, Fault.DEVICE));
    request.proposed("gpu-0");
    request.told(request.gaveUp(2, Fault.DEVICE));
    assertThat(((State.Failed) request.state()).detail()).contains("2 attempts");
  }

  @Test
  void shouldNotCountAttemptsThatWereNobodysFault() {
    request.leased();
    for (int epoch = 1; epoch < 6; epoch++) {
      request.told(request.gaveUp(epoch, Fault.NONE));
      request.proposed("gpu-0");
    }
    assertThat(request.state()).isInstanceOf(State.Leased.class);
  }

  @Test
  void shouldFailAtOnceWhenTheRequestItselfIsToBlame() {
    request.leased();
    var result = request.told(request.gaveUp(1, Fault.REQUEST));
    assertThat(result.eventOfType(Event.Failed.class).cause()).isEqualTo(FailureCause.BREAKPOINT);
    request.fulfiller.expectMessage(new Settled(request.id, 1));
  }

  @Test
  void shouldRecordTheExecutionOnce() {
    request.leased();
    var first = request.told(request.beat(1, true));
    assertThat(first.eventOfType(Event.Executed.class).cycles()).isEqualTo(5);
    assertThat(request.told(request.beat(1, true)).hasNoEvents()).isTrue();
  }

  @Test
  void shouldRefuseWhatComesUnderAStaleEpoch() {
    request.leased();
    request.told(request.gaveUp(1, Fault.NONE));
    request.fulfiller.expectMessage(new Settled(request.id, 1));
    request.proposed("gpu-1");
    request.fulfiller.expectMessageClass(FulfillerMessage.Assign.class);

    assertThat(request.told(request.beat(1, true)).hasNoEvents()).isTrue();
    request.fulfiller.expectMessage(new LeaseGone(request.id, 1));
    assertThat(request.told(request.gaveUp(1, Fault.REQUEST)).hasNoEvents()).isTrue();
    request.fulfiller.expectMessage(new Settled(request.id, 1));
    var need = new NeedInputs(1, true, request.fulfiller.getRef());
    assertThat(request.told(need).hasNoEvents()).isTrue();
    request.fulfiller.expectMessage(new LeaseGone(request.id, 1));
  }

  @Test
  void shouldNotBeLeasedWhenItsDeadlineIsOver() {
    request.until(Instant.now().minusSeconds(1));
    request.initialize(new State.Queued(SampleRequests.facts(request.order())));
    assertThat(request.proposed("gpu-0").events()).noneMatch(Event.LeaseGranted.class::isInstance);
    request.fulfiller.expectNoMessage();
  }

  @Test
  void shouldGiveTheHolderATermToBeHeardFromAfterARecovery() {
    request.leased();
    request.restart();
    assertThat(request.told(request.beat(1, false)).hasNoEvents()).isTrue();
    request.fulfiller.expectMessage(new LeaseRenewed(request.id, 1));
  }

  @Test
  void shouldGiveThatTermThoughTheLeasePersistedIsLongOver() {
    Instant now = Instant.now();
    var facts = new State.Facts(request.order(), now, now, 1, 0, Optional.empty(), false);
    var longOver = new State.Lease(1, "gpu-0", now.minusSeconds(60), now.minusSeconds(45));
    request.initialize(new State.Leased(facts, longOver));
    assertThat(request.told(request.beat(1, false)).hasNoEvents()).isTrue();
    request.fulfiller.expectMessage(new LeaseRenewed(request.id, 1));
    assertThat(request.state()).isInstanceOf(State.Leased.class);
  }

  @Test
  void shouldRestAfterAnAttemptThatFailed() {
    request.resting(Duration.ofMinutes(10));
    request.leased();
    request.told(request.gaveUp(1, Fault.DEVICE));
    assertThat(request.queued()).isEmpty();
    assertThat(request.proposed("gpu-0").hasNoEvents()).isTrue();
  }

  @Test
  void shouldGoOnRestingAfterARestart() {
    request.resting(Duration.ofMinutes(10));
    request.leased();
    request.told(request.gaveUp(1, Fault.DEVICE));
    request.restart();
    assertThat(request.queued()).isEmpty();
    assertThat(request.proposed("gpu-0").hasNoEvents()).isTrue();
  }

  @Test
  void shouldBeOfferedAgainWhenItsRestIsOver() {
    request.resting(Duration.ofMillis(200));
    request.leased();
    request.told(request.gaveUp(1, Fault.DEVICE));
    await("it waits again")
        .atMost(Duration.ofSeconds(10))
        .until(() -> request.queued().size() == 1);
    assertThat(request.proposed("gpu-0").eventOfType(Event.LeaseGranted.class).epoch())
        .isEqualTo(2);
  }

  @Test
  void shouldNotRestAfterWhatIsNobodysFault() {
    request.resting(Duration.ofMinutes(10));
    request.leased();
    request.told(request.gaveUp(1, Fault.NONE));
    assertThat(request.queued()).hasSize(1);
  }
}
