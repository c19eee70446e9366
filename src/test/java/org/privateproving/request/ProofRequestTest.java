package org.privateproving.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.privateproving.request.SampleRequests.DIGEST;

import com.typesafe.config.ConfigFactory;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.Done;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.FishingOutcomes;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.apache.pekko.persistence.testkit.javadsl.EventSourcedBehaviorTestKit;
import org.apache.pekko.persistence.testkit.javadsl.EventSourcedBehaviorTestKit.CommandResult;
import org.apache.pekko.stream.SystemMaterializer;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.privateproving.artifact.ArtifactId;
import org.privateproving.artifact.ArtifactInfo;
import org.privateproving.artifact.ArtifactKind;
import org.privateproving.artifact.ArtifactSettings;
import org.privateproving.artifact.ArtifactStore;
import org.privateproving.artifact.ClusterKey;
import org.privateproving.database.Database;
import org.privateproving.database.TestPostgres;
import org.privateproving.dispatch.Dispatcher;
import org.privateproving.domain.Address;
import org.privateproving.domain.Digest;
import org.privateproving.domain.FailureCause;
import org.privateproving.domain.RequestId;
import org.privateproving.fulfiller.FulfillerMessage;
import org.privateproving.fulfiller.FulfillerMessage.Inputs;
import org.privateproving.fulfiller.FulfillerMessage.LeaseGone;
import org.privateproving.fulfiller.FulfillerMessage.LeaseRenewed;
import org.privateproving.fulfiller.FulfillerMessage.ProofTarget;
import org.privateproving.fulfiller.FulfillerMessage.Settled;
import org.privateproving.fulfiller.WorkReport;
import org.privateproving.fulfiller.WorkReport.ExecutionReport;
import org.privateproving.fulfiller.WorkReport.Fault;
import org.privateproving.fulfiller.WorkReport.GaveUp;
import org.privateproving.fulfiller.WorkReport.HaveProof;
import org.privateproving.fulfiller.WorkReport.Heartbeat;
import org.privateproving.fulfiller.WorkReport.NeedInputs;
import org.privateproving.fulfiller.WorkReport.Phase;
import org.privateproving.network.HostedLedger;
import org.privateproving.network.ProverNetwork.ReportOutcome;
import org.privateproving.network.Reporter;
import org.privateproving.request.RequestCommand.Accept;
import org.privateproving.request.RequestCommand.Answer;
import org.privateproving.request.RequestCommand.Cancel;
import org.privateproving.request.RequestCommand.Poll;
import org.privateproving.request.RequestCommand.Propose;
import org.privateproving.request.RequestCommand.Report;

/** One ProofRequest with its real store and ledger; the journal is in memory. */
class ProofRequestTest {
  private static final ExecutionReport RAN = new ExecutionReport(5, 7, DIGEST);
  private static final Duration TERM = Duration.ofSeconds(2);

  /** Longer than any test: a poll that is held is answered by what happens, not by the clock. */
  private static final Duration HOLD = Duration.ofMinutes(1);

  private static final ActorTestKit kit =
      ActorTestKit.create(
          EventSourcedBehaviorTestKit.config()
              .withFallback(
                  ConfigFactory.parseString(
                      """
                        # Both cores may be busy with other tests.
                        pekko.actor.testkit.typed.single-expect-default = 10s
                        pekko.actor {
                          serializers.request-events = "org.privateproving.request.EventSerializer"
                          serialization-bindings {
                            "org.privateproving.domain.CborSerializable" = jackson-cbor
                            "org.privateproving.request.Event" = request-events
                          }
                        }
                        """)));
  private static final SecureRandom random = new SecureRandom();
  private static final Database database = Database.open(TestPostgres.freshDatabase());
  private static final ArtifactStore artifacts =
      ArtifactStore.inPostgres(
          database,
          ClusterKey.inMemory(random),
          ArtifactSettings.from(ConfigFactory.load()),
          Clock.systemUTC(),
          random,
          SystemMaterializer.get(kit.system()).materializer());

  private final TestProbe<Dispatcher.Command> dispatcher =
      kit.createTestProbe(Dispatcher.Command.class);
  private final TestProbe<Reporter.Command> reporter = kit.createTestProbe(Reporter.Command.class);
  private final TestProbe<FulfillerMessage> fulfiller = kit.createTestProbe(FulfillerMessage.class);
  private final TestProbe<ClusterSharding.ShardCommand> shard =
      kit.createTestProbe(ClusterSharding.ShardCommand.class);
  private final DurationHistory durations = new DurationHistory();
  // Of its own, so that an actor of an earlier test has no part in this one.
  private final RequestId id = randomId();

  private Order order;
  private EventSourcedBehaviorTestKit<RequestCommand, Event, State> request;

  private static RequestId randomId() {
    byte[] bytes = new byte[RequestId.BYTES];
    random.nextBytes(bytes);
    return RequestId.of(bytes);
  }

  @AfterAll
  static void stop() {
    kit.shutdownTestKit();
    database.close();
  }

  @BeforeEach
  void create() throws Exception {
    Order sample = SampleRequests.order();
    order =
        new Order(
            sample.requester(),
            sample.schema(),
            sample.vkHash(),
            sample.version(),
            sample.mode(),
            sample.strategy(),
            sample.stdinUri(),
            upload(sample.requester(), ArtifactKind.STDIN, "the stdin"),
            sample.programUri(),
            upload(sample.requester(), ArtifactKind.PROGRAM, "the elf"),
            Instant.now().plusSeconds(3600),
            sample.cycleLimit(),
            sample.gasLimit(),
            sample.publicValuesHash(),
            sample.stdinPrivate(),
            sample.minAuctionPeriod(),
            sample.whitelist(),
            sample.auction());
    request = create(TERM, HOLD);
  }

  private EventSourcedBehaviorTestKit<RequestCommand, Event, State> create(
      Duration term, Duration hold) {
    var settings =
        new RequestSettings(Duration.ofSeconds(5), term, 2, hold, Duration.ofDays(7), 1 << 20);
    Surroundings around =
        new Surroundings(
            dispatcher.getRef(),
            reporter.getRef(),
            artifacts,
            new HostedLedger(database, artifacts, new byte[32], Clock.systemUTC()),
            new RequestIndex(database),
            durations,
            settings,
            Clock.systemUTC());
    return EventSourcedBehaviorTestKit.create(
        kit.system(), ProofRequest.create(id, around, shard.getRef()));
  }

  private static ArtifactId upload(Address owner, ArtifactKind kind, String text) throws Exception {
    var grant = artifacts.open(owner, kind).toCompletableFuture().get(20, TimeUnit.SECONDS);
    artifacts
        .upload(
            grant.id(),
            grant.capability(),
            OptionalLong.empty(),
            Source.single(ByteString.fromString(text)))
        .toCompletableFuture()
        .get(20, TimeUnit.SECONDS);
    return grant.id();
  }

  // The interesting states, by name.

  private void accepted() {
    request.<Done>runCommand(replyTo -> new Accept(order, replyTo));
  }

  private void leased() {
    accepted();
    request.runCommand(new Propose("gpu-0", fulfiller.getRef()));
    assertThat(fulfiller.expectMessageClass(FulfillerMessage.Assign.class).assignment().epoch())
        .isEqualTo(((State.Leased) request.getState()).lease().epoch());
  }

  private void proved() throws Exception {
    leased();
    deliver(1, "the proof");
    assertThat(request.getState()).isInstanceOf(State.Proved.class);
  }

  private CommandResult<RequestCommand, Event, State> told(WorkReport report) {
    return request.runCommand(new Report(report));
  }

  private void deliver(long epoch, String proof) throws Exception {
    told(offer(epoch, proof));
    ProofTarget target = fulfiller.expectMessageClass(ProofTarget.class);
    Source.single(ByteString.fromString(proof)).runWith(target.target().getSink(), kit.system());
    fulfiller.expectMessage(new Settled(id, epoch));
  }

  private HaveProof offer(long epoch, String proof) throws Exception {
    byte[] bytes = proof.getBytes(StandardCharsets.UTF_8);
    Digest sha256 = Digest.of(MessageDigest.getInstance("SHA-256").digest(bytes));
    return new HaveProof(epoch, bytes.length, sha256, RAN, fulfiller.getRef());
  }

  private GaveUp gaveUp(long epoch, Fault fault) {
    return new GaveUp(epoch, FailureCause.BREAKPOINT, "why", fault, fulfiller.getRef());
  }

  private Heartbeat beat(long epoch, boolean executed) {
    return new Heartbeat(
        epoch, Phase.PROVING, executed ? Optional.of(RAN) : Optional.empty(), fulfiller.getRef());
  }

  @Test
  void shouldPersistAnOrderBeforeItAnswersAndTellTheDispatcher() {
    var result = request.<Done>runCommand(replyTo -> new Accept(order, replyTo));
    assertThat(result.eventOfType(Event.Accepted.class).order()).isEqualTo(order);
    assertThat(result.reply()).isEqualTo(Done.getInstance());
    assertThat(dispatcher.expectMessageClass(Dispatcher.Waiting.class).request().id())
        .isEqualTo(id);
  }

  @Test
  void shouldAnswerARepeatedOrderWithoutASecondEvent() {
    accepted();
    var again = request.<Done>runCommand(replyTo -> new Accept(order, replyTo));
    assertThat(again.hasNoEvents()).isTrue();
    assertThat(again.reply()).isEqualTo(Done.getInstance());
  }

  @Test
  void shouldSayThatNobodyOrderedIt() {
    var result = request.<Answer>runCommand(replyTo -> new Poll(true, replyTo));
    assertThat(result.reply().snapshot()).isEmpty();
  }

  @Test
  void shouldGoOnSayingThatItWaits() {
    accepted();
    dispatcher.expectMessageClass(Dispatcher.Waiting.class);
    dispatcher.expectMessageClass(Dispatcher.Waiting.class, Dispatcher.REPEAT_EVERY.plusSeconds(3));
  }

  @Test
  void shouldPersistALeaseBeforeWorkStarts() {
    accepted();
    var result = request.runCommand(new Propose("gpu-0", fulfiller.getRef()));
    assertThat(result.eventOfType(Event.LeaseGranted.class).epoch()).isEqualTo(1);
    fulfiller.expectMessageClass(FulfillerMessage.Assign.class);
  }

  @Test
  void shouldTurnDownASecondProposal() {
    leased();
    var result = request.runCommand(new Propose("gpu-1", fulfiller.getRef()));
    assertThat(result.hasNoEvents()).isTrue();
    fulfiller.expectNoMessage();
  }

  @Test
  void shouldRaiseTheEpochWithEachLease() {
    leased();
    told(gaveUp(1, Fault.NONE));
    fulfiller.expectMessage(new Settled(id, 1));
    request.runCommand(new Propose("gpu-0", fulfiller.getRef()));
    assertThat(fulfiller.expectMessageClass(FulfillerMessage.Assign.class).assignment().epoch())
        .isEqualTo(2);
  }

  @Test
  void shouldTakeALeaseBackThatIsNotRenewed() {
    leased();
    await("the lease ends by itself")
        .atMost(Duration.ofSeconds(10))
        .until(() -> request.getState() instanceof State.Queued);
    assertThat(((State.Queued) request.getState()).facts().attempts()).isEqualTo(1);
  }

  @Test
  void shouldKeepALeaseThatIsRenewedForLongerThanItsTerm() {
    leased();
    Instant end = Instant.now().plus(TERM.multipliedBy(2));
    await("two terms with heartbeats")
        .atMost(TERM.multipliedBy(4))
        .pollInterval(TERM.dividedBy(4))
        .until(
            () -> {
              told(beat(1, false));
              fulfiller.expectMessage(new LeaseRenewed(id, 1));
              return Instant.now().isAfter(end);
            });
    assertThat(request.getState()).isInstanceOf(State.Leased.class);
  }

  @Test
  void shouldFailForGoodWhenItsAttemptsAreUsedUp() {
    leased();
    told(gaveUp(1, Fault.DEVICE));
    request.runCommand(new Propose("gpu-0", fulfiller.getRef()));
    told(gaveUp(2, Fault.DEVICE));
    State.Failed failed = (State.Failed) request.getState();
    assertThat(failed.detail()).contains("2 attempts");
  }

  @Test
  void shouldNotCountAttemptsThatWereNobodysFault() {
    leased();
    for (int epoch = 1; epoch < 6; epoch++) {
      told(gaveUp(epoch, Fault.NONE));
      request.runCommand(new Propose("gpu-0", fulfiller.getRef()));
    }
    assertThat(request.getState()).isInstanceOf(State.Leased.class);
  }

  @Test
  void shouldFailAtOnceWhenTheRequestItselfIsToBlame() {
    leased();
    var result = told(gaveUp(1, Fault.REQUEST));
    assertThat(result.eventOfType(Event.Failed.class).cause()).isEqualTo(FailureCause.BREAKPOINT);
    fulfiller.expectMessage(new Settled(id, 1));
  }

  @Test
  void shouldRecordTheExecutionOnce() {
    leased();
    assertThat(told(beat(1, true)).eventOfType(Event.Executed.class).cycles()).isEqualTo(5);
    assertThat(told(beat(1, true)).hasNoEvents()).isTrue();
  }

  @Test
  void shouldRefuseWhatComesUnderAStaleEpoch() {
    leased();
    told(gaveUp(1, Fault.NONE));
    fulfiller.expectMessage(new Settled(id, 1));
    request.runCommand(new Propose("gpu-1", fulfiller.getRef()));
    fulfiller.expectMessageClass(FulfillerMessage.Assign.class);

    assertThat(told(beat(1, true)).hasNoEvents()).isTrue();
    fulfiller.expectMessage(new LeaseGone(id, 1));
    assertThat(told(gaveUp(1, Fault.REQUEST)).hasNoEvents()).isTrue();
    fulfiller.expectMessage(new Settled(id, 1));
    assertThat(told(new NeedInputs(1, true, fulfiller.getRef())).hasNoEvents()).isTrue();
    fulfiller.expectMessage(new LeaseGone(id, 1));
  }

  @Test
  void shouldWelcomeAProofThatWasMadeUnderAStaleEpoch() throws Exception {
    leased();
    told(gaveUp(1, Fault.NONE));
    fulfiller.expectMessage(new Settled(id, 1));
    deliver(1, "late but good");
    assertThat(request.getState()).isInstanceOf(State.Proved.class);
    assertThat(((State.Proved) request.getState()).facts().execution()).isPresent();
  }

  @Test
  void shouldWelcomeALateProofThoughAnotherFulfillerWorksOnItNow() throws Exception {
    leased();
    told(gaveUp(1, Fault.NONE));
    fulfiller.expectMessage(new Settled(id, 1));
    request.runCommand(new Propose("gpu-1", fulfiller.getRef()));
    fulfiller.expectMessageClass(FulfillerMessage.Assign.class);
    deliver(1, "late but good");
    assertThat(request.getState()).isInstanceOf(State.Proved.class);
  }

  @Test
  void shouldEraseAProofThatArrivesWhenItsRequestHasEnded() throws Exception {
    leased();
    var offer = offer(1, "the proof");
    told(offer);
    ProofTarget target = fulfiller.expectMessageClass(ProofTarget.class);
    request.<Answer>runCommand(replyTo -> new Cancel(order.requester(), replyTo));
    Source.single(ByteString.fromString("the proof"))
        .runWith(target.target().getSink(), kit.system());
    fulfiller.expectMessage(new Settled(id, 1));
    assertThat(request.getState()).isInstanceOf(State.Failed.class);
    await("the surplus proof's erasure")
        .until(
            () -> get(new RequestIndex(database).claimedBy(id)).stream().noneMatch(this::isProof));
  }

  private boolean isProof(ArtifactId artifact) {
    return artifacts.find(artifact).toCompletableFuture().join().orElseThrow().kind()
        == ArtifactKind.PROOF;
  }

  @Test
  void shouldNotBeLeasedWhenItsDeadlineIsOver() {
    request.initialize(
        new State.Queued(SampleRequests.facts(withDeadline(Instant.now().minusSeconds(1)))));
    var result = request.runCommand(new Propose("gpu-0", fulfiller.getRef()));
    assertThat(result.events()).noneMatch(Event.LeaseGranted.class::isInstance);
    fulfiller.expectNoMessage();
  }

  @Test
  void shouldSendTheInputsToTheHolderOfTheLease() throws Exception {
    leased();
    told(new NeedInputs(1, true, fulfiller.getRef()));
    Inputs inputs = fulfiller.expectMessageClass(Inputs.class, Duration.ofSeconds(10));
    assertThat(read(inputs.program().orElseThrow())).isEqualTo("the elf");
    assertThat(read(inputs.stdin())).isEqualTo("the stdin");
  }

  private static String read(FulfillerMessage.Input input) throws Exception {
    return input
        .bytes()
        .getSource()
        .runWith(Sink.fold(ByteString.emptyByteString(), ByteString::concat), kit.system())
        .toCompletableFuture()
        .get(10, TimeUnit.SECONDS)
        .utf8String();
  }

  @Test
  void shouldFailWhenAnInputIsNoLongerThere() throws Exception {
    leased();
    artifacts.erase(order.stdin()).toCompletableFuture().get(10, TimeUnit.SECONDS);
    told(new NeedInputs(1, false, fulfiller.getRef()));
    await().until(() -> request.getState() instanceof State.Failed);
    assertThat(((State.Failed) request.getState()).cause()).isEqualTo(FailureCause.INPUTS_LOST);
  }

  @Test
  void shouldStoreAProofAndReportIt() throws Exception {
    proved();
    var report = reporter.expectMessageClass(Reporter.Report.class);
    assertThat(report.id()).isEqualTo(id);
    report.replyTo().tell(new ReportOutcome.Taken(DIGEST.bytes()));
    await().until(() -> request.getState() instanceof State.Fulfilled);
  }

  @Test
  void shouldNotTakeAProofThatArrivesOtherThanAnnounced() throws Exception {
    leased();
    told(offer(1, "the proof"));
    ProofTarget target = fulfiller.expectMessageClass(ProofTarget.class);
    Source.single(ByteString.fromString("another"))
        .runWith(target.target().getSink(), kit.system());
    // It may be offered again, and then it is taken.
    await()
        .ignoreExceptions()
        .until(
            () -> {
              told(offer(1, "the proof"));
              fulfiller.expectMessageClass(ProofTarget.class, Duration.ofMillis(200));
              return true;
            });
    assertThat(request.getState()).isInstanceOf(State.Leased.class);
  }

  @Test
  void shouldEndAsTheNetworkSays() throws Exception {
    proved();
    reporter
        .expectMessageClass(Reporter.Report.class)
        .replyTo()
        .tell(new ReportOutcome.Rejected("not yours"));
    await().until(() -> request.getState() instanceof State.Failed);
    assertThat(((State.Failed) request.getState()).cause())
        .isEqualTo(FailureCause.REFUSED_BY_NETWORK);
  }

  @Test
  void shouldReportAStoredProofAgainAfterARestartAndNeverProveAgain() throws Exception {
    proved();
    reporter.expectMessageClass(Reporter.Report.class);
    request.restart();
    reporter.expectMessageClass(Reporter.Report.class);
    dispatcher.fishForMessage(
        Duration.ofSeconds(1),
        message ->
            message instanceof Dispatcher.NotWaiting
                ? FishingOutcomes.complete()
                : FishingOutcomes.continueAndIgnore());
    assertThat(request.runCommand(new Propose("gpu-1", fulfiller.getRef())).hasNoEvents()).isTrue();
  }

  @Test
  void shouldEraseItsInputsAtTheEndAndSaySo() {
    leased();
    told(gaveUp(1, Fault.REQUEST));
    await().until(() -> ((State.Known) request.getState()).facts().inputsErased());
    assertThat(artifacts.find(order.stdin()).toCompletableFuture().join())
        .satisfiesAnyOf(
            found -> assertThat(found).isEmpty(),
            found -> assertThat(found.orElseThrow().complete()).isFalse());
  }

  @Test
  void shouldExpireWhenTheDeadlinePassesUnproved() throws Exception {
    order = withDeadline(Instant.now().plusMillis(500));
    accepted();
    await().until(() -> request.getState() instanceof State.Expired);
    await().until(() -> ((State.Known) request.getState()).facts().inputsErased());
    assertThat(get(artifacts.find(order.stdin())).filter(ArtifactInfo::complete)).isEmpty();
  }

  @Test
  void shouldBeCanceledByItsRequesterOnly() throws Exception {
    accepted();
    Address stranger = Address.of(SampleRequests.bytes(20, 99));
    var refused = request.<Answer>runCommand(replyTo -> new Cancel(stranger, replyTo));
    assertThat(refused.hasNoEvents()).isTrue();
    var taken = request.<Answer>runCommand(replyTo -> new Cancel(order.requester(), replyTo));
    assertThat(taken.eventOfType(Event.Failed.class).cause()).isEqualTo(FailureCause.CANCELED);
    await().until(() -> ((State.Known) request.getState()).facts().inputsErased());
    assertThat(get(artifacts.find(order.stdin())).filter(ArtifactInfo::complete)).isEmpty();
  }

  @Test
  void shouldGiveTheHolderATermToBeHeardFromAfterARecovery() {
    leased();
    request.restart();
    assertThat(told(beat(1, false)).hasNoEvents()).isTrue();
    fulfiller.expectMessage(new LeaseRenewed(id, 1));
  }

  @Test
  void shouldGiveThatTermThoughTheLeasePersistedIsLongOver() {
    var longOver =
        new State.Lease(1, "gpu-0", Instant.now().minusSeconds(60), Instant.now().minusSeconds(45));
    request.initialize(new State.Leased(leasedFacts(), longOver));
    assertThat(told(beat(1, false)).hasNoEvents()).isTrue();
    fulfiller.expectMessage(new LeaseRenewed(id, 1));
    assertThat(request.getState()).isInstanceOf(State.Leased.class);
  }

  private State.Facts leasedFacts() {
    return new State.Facts(order, Instant.now(), Instant.now(), 1, 0, Optional.empty(), false);
  }

  private static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  @Test
  void shouldHoldAPollWhenTheProofIsStoredAndAnswerItAtTheEnd() throws Exception {
    proved();
    var report = reporter.expectMessageClass(Reporter.Report.class);
    TestProbe<Answer> client = kit.createTestProbe(Answer.class);
    request.runCommand(new Poll(true, client.getRef()));
    assertHeld(client);
    report.replyTo().tell(new ReportOutcome.Taken(DIGEST.bytes()));
    assertThat(client.receiveMessage().snapshot().orElseThrow().state())
        .isInstanceOf(State.Fulfilled.class);
  }

  /** The actor answers in order: whoever asks later, and is not held, comes after it. */
  private void assertHeld(TestProbe<Answer> client) {
    assertThat(request.<Answer>runCommand(r -> new Poll(false, r)).reply().snapshot()).isPresent();
    client.expectNoMessage(Duration.ZERO);
  }

  @Test
  void shouldAnswerAHeldPollAfterTheBoundAtTheLatest() throws Exception {
    Duration bound = Duration.ofMillis(300);
    request = create(TERM, bound);
    proved();
    TestProbe<Answer> client = kit.createTestProbe(Answer.class);
    long asked = System.nanoTime();
    request.runCommand(new Poll(true, client.getRef()));
    assertThat(client.receiveMessage().snapshot().orElseThrow().state())
        .isInstanceOf(State.Proved.class);
    assertThat(Duration.ofNanos(System.nanoTime() - asked)).isGreaterThanOrEqualTo(bound);
  }

  @Test
  void shouldAnswerAtOnceWhenTheEndIsFarOrHoldingIsSwitchedOff() throws Exception {
    leased();
    told(beat(1, true));
    assertThat(request.<Answer>runCommand(r -> new Poll(true, r)).reply().snapshot()).isPresent();
    request = create(TERM, Duration.ZERO);
    request.initialize(SampleRequests.proved());
    assertThat(request.<Answer>runCommand(r -> new Poll(true, r)).reply().snapshot()).isPresent();
  }

  @Test
  void shouldHoldThePollOfAYoungRequestSinceFailuresAndShortProofsComeSoon() {
    leased();
    TestProbe<Answer> client = kit.createTestProbe(Answer.class);
    request.runCommand(new Poll(true, client.getRef()));
    assertHeld(client);
    told(gaveUp(1, Fault.REQUEST));
    assertThat(client.receiveMessage().snapshot().orElseThrow().state())
        .isInstanceOf(State.Failed.class);
  }

  @Test
  void shouldHoldAPollWhenRequestsOfItsKindEndAboutNow() {
    leased();
    told(beat(1, true));
    durations.record(request.getState(), Instant.now().plusSeconds(1));
    TestProbe<Answer> client = kit.createTestProbe(Answer.class);
    request.runCommand(new Poll(true, client.getRef()));
    assertHeld(client);
    told(gaveUp(1, Fault.REQUEST));
    assertThat(client.receiveMessage().snapshot().orElseThrow().state())
        .isInstanceOf(State.Failed.class);
  }

  private Order withDeadline(Instant deadline) {
    return new Order(
        order.requester(),
        order.schema(),
        order.vkHash(),
        order.version(),
        order.mode(),
        order.strategy(),
        order.stdinUri(),
        order.stdin(),
        order.programUri(),
        order.program(),
        deadline,
        order.cycleLimit(),
        order.gasLimit(),
        order.publicValuesHash(),
        order.stdinPrivate(),
        order.minAuctionPeriod(),
        order.whitelist(),
        order.auction());
  }
}
