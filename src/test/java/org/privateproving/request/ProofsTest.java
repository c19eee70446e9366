package org.privateproving.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.privateproving.request.RequestKit.get;
import static org.privateproving.request.SampleRequests.DIGEST;

import java.time.Duration;
import org.apache.pekko.actor.testkit.typed.javadsl.FishingOutcomes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.privateproving.artifact.ArtifactId;
import org.privateproving.artifact.ArtifactKind;
import org.privateproving.dispatch.Dispatcher;
import org.privateproving.domain.FailureCause;
import org.privateproving.fulfiller.FulfillerMessage;
import org.privateproving.fulfiller.FulfillerMessage.ProofTarget;
import org.privateproving.fulfiller.FulfillerMessage.Settled;
import org.privateproving.fulfiller.WorkReport.Fault;
import org.privateproving.network.ProverNetwork.ReportOutcome;
import org.privateproving.network.Reporter;

/** How a proof comes in, and what becomes of it. */
class ProofsTest {
  @RegisterExtension static final RequestKit kit = RequestKit.start();

  private final RunningRequest request = kit.request();

  @Test
  void shouldStoreAProofAndReportIt() {
    request.proved();
    var report = request.reporter.expectMessageClass(Reporter.Report.class);
    assertThat(report.id()).isEqualTo(request.id);
    answer(report, new ReportOutcome.Taken(DIGEST.bytes()));
    await().until(() -> request.state() instanceof State.Fulfilled);
  }

  @Test
  void shouldEndAsTheNetworkSays() {
    request.proved();
    answer(
        request.reporter.expectMessageClass(Reporter.Report.class),
        new ReportOutcome.Rejected("not yours"));
    await().until(() -> request.state() instanceof State.Failed);
    assertThat(((State.Failed) request.state()).cause()).isEqualTo(FailureCause.REFUSED_BY_NETWORK);
  }

  private static void answer(Reporter.Report report, ReportOutcome outcome) {
    report.replyTo().tell(new Reporter.Conclusion(report.result(), outcome));
  }

  @Test
  void shouldReportAStoredProofAgainAfterARestartAndNeverProveAgain() {
    request.proved();
    request.reporter.expectMessageClass(Reporter.Report.class);
    request.restart();
    request.reporter.expectMessageClass(Reporter.Report.class);
    request.dispatcher.fishForMessage(
        Duration.ofSeconds(1),
        message ->
            message instanceof Dispatcher.NotWaiting
                ? FishingOutcomes.complete()
                : FishingOutcomes.continueAndIgnore());
    assertThat(request.proposed("gpu-1").hasNoEvents()).isTrue();
  }

  @Test
  void shouldWelcomeAProofThatWasMadeUnderAStaleEpoch() {
    request.leased();
    request.told(request.gaveUp(1, Fault.NONE));
    request.fulfiller.expectMessage(new Settled(request.id, 1));
    request.deliver(1, "late but good");
    assertThat(request.state()).isInstanceOf(State.Proved.class);
    assertThat(((State.Proved) request.state()).facts().execution()).isPresent();
  }

  @Test
  void shouldWelcomeALateProofThoughAnotherFulfillerWorksOnItNow() {
    request.leased();
    request.told(request.gaveUp(1, Fault.NONE));
    request.fulfiller.expectMessage(new Settled(request.id, 1));
    request.proposed("gpu-1");
    request.fulfiller.expectMessageClass(FulfillerMessage.Assign.class);
    request.deliver(1, "late but good");
    assertThat(request.state()).isInstanceOf(State.Proved.class);
  }

  @Test
  void shouldEraseAProofThatArrivesWhenItsRequestHasEnded() {
    request.leased();
    request.told(request.offer(1, "the proof"));
    ProofTarget target = request.fulfiller.expectMessageClass(ProofTarget.class);
    request.canceled(request.order().requester());
    request.send(target, "the proof");
    request.fulfiller.expectMessage(new Settled(request.id, 1));
    assertThat(request.state()).isInstanceOf(State.Failed.class);
    RequestIndex index = new RequestIndex(kit.database());
    await("the surplus proof's erasure")
        .until(
            () ->
                get(index.leftovers().claimedBy(request.id)).stream()
                    .noneMatch(ProofsTest::isProof));
  }

  private static boolean isProof(ArtifactId artifact) {
    return get(kit.artifacts().find(artifact)).orElseThrow().kind() == ArtifactKind.PROOF;
  }

  @Test
  void shouldNotTakeAProofThatArrivesOtherThanAnnounced() {
    request.leased();
    request.told(request.offer(1, "the proof"));
    request.send(request.fulfiller.expectMessageClass(ProofTarget.class), "another");
    // It may be offered again, and then it is taken.
    await()
        .ignoreExceptions()
        .until(
            () -> {
              request.told(request.offer(1, "the proof"));
              request.fulfiller.expectMessageClass(ProofTarget.class, Duration.ofMillis(200));
              return true;
            });
    assertThat(request.state()).isInstanceOf(State.Leased.class);
  }
}
