package org.privateproving.fulfiller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.FishingOutcomes;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.stream.javadsl.StreamRefs;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.privateproving.domain.Digest;
import org.privateproving.domain.FailureCause;
import org.privateproving.domain.RequestId;
import org.privateproving.domain.VkHash;
import org.privateproving.fulfiller.FulfillerMessage.Assign;
import org.privateproving.fulfiller.FulfillerMessage.Input;
import org.privateproving.fulfiller.FulfillerMessage.Inputs;
import org.privateproving.fulfiller.FulfillerMessage.LeaseGone;
import org.privateproving.fulfiller.FulfillerMessage.ProofTarget;
import org.privateproving.fulfiller.FulfillerMessage.Settled;
import org.privateproving.fulfiller.WorkReport.ExecutionReport;
import org.privateproving.fulfiller.WorkReport.Fault;
import org.privateproving.fulfiller.WorkReport.GaveUp;
import org.privateproving.fulfiller.WorkReport.HaveProof;
import org.privateproving.fulfiller.WorkReport.Heartbeat;
import org.privateproving.fulfiller.WorkReport.NeedInputs;
import org.privateproving.fulfiller.WorkReport.Phase;
import org.privateproving.sp1.EngineKind;
import org.privateproving.sp1.ProofMode;

/** The fulfiller's way with leases, on a device that does what the test says. */
class FulfillerTest {
  private static final RequestId ID = RequestId.of(bytes(32, 1));
  private static final VkHash PROGRAM = VkHash.of(bytes(32, 2));
  private static final Digest DIGEST = Digest.of(bytes(32, 3));
  private static final ExecutionReport RAN = new ExecutionReport(5, 7, DIGEST);
  private static final Duration TERM = Duration.ofMillis(600);

  private static final Duration ABANDON_AFTER = Duration.ofSeconds(1);

  private static final FulfillerSettings SETTINGS =
      new FulfillerSettings(
          "gpu-0",
          EngineKind.MOCK,
          0,
          Optional.empty(),
          1000,
          1000,
          2,
          Duration.ZERO,
          ABANDON_AFTER,
          Duration.ZERO);

  private static final ActorTestKit kit = ActorTestKit.create();

  private final ScriptedDevice device = new ScriptedDevice();
  private final Workplace workplace =
      new Workplace(SETTINGS, _ -> CompletableFuture.completedFuture(device));
  private final TestProbe<WorkReport> owner = kit.createTestProbe(WorkReport.class);
  private final TestProbe<DeviceOffer> dispatcher = kit.createTestProbe(DeviceOffer.class);
  private final CompletableFuture<Void> stuck = new CompletableFuture<>();
  private ActorRef<Fulfiller.Command> actor;
  private ActorRef<FulfillerMessage> fulfiller;

  @AfterAll
  static void stop() {
    kit.shutdownTestKit();
  }

  @BeforeEach
  void spawn() {
    actor = spawnHere();
    DeviceOffer offer = dispatcher.receiveMessage();
    assertThat(offer.free()).isTrue();
    fulfiller = offer.ref();
  }

  private ActorRef<Fulfiller.Command> spawnHere() {
    return kit.spawn(
        Fulfiller.create(
            SETTINGS,
            workplace,
            (id, report) -> {
              assertThat(id).isEqualTo(ID);
              owner.getRef().tell(report);
            },
            offer -> dispatcher.getRef().tell(offer),
            new SilentListener(),
            () -> stuck.complete(null),
            Clock.systemUTC()));
  }

  /** The cluster is gone and with it the actor; and the next one, at the same workplace. */
  private void startOver() {
    kit.stop(actor);
    actor = spawnHere();
    fulfiller =
        dispatcher
            .fishForMessage(
                Duration.ofSeconds(5),
                offer ->
                    offer.ref().equals(fulfiller)
                        ? FishingOutcomes.continueAndIgnore()
                        : FishingOutcomes.complete())
            .getLast()
            .ref();
  }

  private void assign(long epoch) {
    assign(epoch, Instant.now().plusSeconds(60));
  }

  private void assign(long epoch, Instant deadline) {
    fulfiller.tell(
        new Assign(
            new Assignment(
                ID, epoch, PROGRAM, ProofMode.CORE, -1, -1, Optional.empty(), deadline, TERM)));
  }

  private <T extends WorkReport> T expect(Class<T> type) {
    return type.cast(
        owner
            .fishForMessage(
                Duration.ofSeconds(5),
                report ->
                    type.isInstance(report)
                        ? FishingOutcomes.complete()
                        : FishingOutcomes.continueAndIgnore())
            .getLast());
  }

  private void sendInputs(long epoch) {
    fulfiller.tell(new Inputs(ID, epoch, Optional.of(input("elf")), input("stdin")));
  }

  private static Input input(String text) {
    var bytes =
        Source.single(ByteString.fromString(text)).runWith(StreamRefs.sourceRef(), kit.system());
    return new Input(text.length(), bytes);
  }

  private void untilProving(long epoch) {
    assign(epoch);
    expect(NeedInputs.class);
    sendInputs(epoch);
    device.run.complete(new RunOutcome.Ran(RAN));
    assertThat(
            owner.fishForMessage(
                Duration.ofSeconds(5),
                r ->
                    r instanceof Heartbeat beat && beat.phase() == Phase.PROVING
                        ? FishingOutcomes.complete()
                        : FishingOutcomes.continueAndIgnore()))
        .isNotEmpty();
  }

  private boolean offeredFree() {
    return dispatcher
        .fishForMessage(
            Duration.ofSeconds(5),
            offer ->
                offer.free() ? FishingOutcomes.complete() : FishingOutcomes.continueAndIgnore())
        .getLast()
        .free();
  }

  @Test
  void shouldFetchRunProveDeliverAndBeFreeAgain() throws Exception {
    assign(1);
    NeedInputs need = expect(NeedInputs.class);
    assertThat(need.program()).as("no key is warm yet").isTrue();
    sendInputs(1);
    device.run.complete(new RunOutcome.Ran(RAN));
    device.proof.complete(new TextProof("the proof"));
    HaveProof offer = expect(HaveProof.class);
    assertThat(offer.size()).isEqualTo(9);
    assertThat(offer.execution()).isEqualTo(RAN);

    var received = StreamRefs.<ByteString>sinkRef().toMat(joined(), Keep.both()).run(kit.system());
    fulfiller.tell(new ProofTarget(ID, 1, received.first()));
    assertThat(received.second().toCompletableFuture().get().utf8String()).isEqualTo("the proof");
    assertThat(device.received).isEqualTo("elf|stdin");

    fulfiller.tell(new Settled(ID, 1));
    assertThat(offeredFree()).isTrue();
    assertThat(device.jobClosed).isTrue();
  }

  private static Sink<ByteString, CompletionStage<ByteString>> joined() {
    return Sink.fold(ByteString.emptyByteString(), ByteString::concat);
  }

  @Test
  void shouldBeatWhileItProvesWhateverThatTakes() {
    untilProving(1);
    for (int i = 0; i < 3; i++) {
      Heartbeat beat = expect(Heartbeat.class);
      assertThat(beat.phase()).isEqualTo(Phase.PROVING);
      assertThat(beat.execution()).contains(RAN);
    }
  }

  @Test
  void shouldAskAgainForInputsUntilItIsAnswered() {
    assign(1);
    expect(NeedInputs.class);
    expect(NeedInputs.class);
    expect(NeedInputs.class);
  }

  @Test
  void shouldGiveTheRequestBackWhenAnInputBrokeOff() {
    assign(1);
    expect(NeedInputs.class);
    var broken =
        Source.<ByteString>failed(new IllegalStateException("cut"))
            .runWith(StreamRefs.sourceRef(), kit.system());
    fulfiller.tell(new Inputs(ID, 1, Optional.of(input("elf")), new Input(99, broken)));
    GaveUp gaveUp = expect(GaveUp.class);
    assertThat(gaveUp.fault()).isEqualTo(Fault.NONE);
  }

  @Test
  void shouldReportWhyExecutionFailed() {
    assign(1);
    expect(NeedInputs.class);
    sendInputs(1);
    device.run.complete(
        new RunOutcome.Stopped(FailureCause.EXCEEDED_CYCLE_LIMIT, "too long", Fault.REQUEST));
    GaveUp gaveUp = expect(GaveUp.class);
    assertThat(gaveUp.cause()).isEqualTo(FailureCause.EXCEEDED_CYCLE_LIMIT);
    assertThat(gaveUp.fault()).isEqualTo(Fault.REQUEST);
    fulfiller.tell(new Settled(ID, 1));
    assertThat(offeredFree()).isTrue();
  }

  @Test
  void shouldNotPassOnTheTextOfAnExceptionThatItDoesNotKnow() {
    untilProving(1);
    device.proof.completeExceptionally(new IllegalStateException("SECRET"));
    GaveUp gaveUp = expect(GaveUp.class);
    assertThat(gaveUp.detail()).doesNotContain("SECRET").contains("IllegalStateException");
    assertThat(gaveUp.fault()).isEqualTo(Fault.DEVICE);
  }

  @Test
  void shouldGiveTheNamedReasonOfAFailedProof() {
    untilProving(1);
    device.proof.completeExceptionally(
        new JobFailed(FailureCause.PROVING_FAILED, "did not verify", Fault.DEVICE));
    assertThat(expect(GaveUp.class).detail()).isEqualTo("did not verify");
  }

  @Test
  void shouldDropWhatItFetchesWhenTheLeaseIsGone() {
    assign(1);
    expect(NeedInputs.class);
    fulfiller.tell(new LeaseGone(ID, 1));
    assertThat(offeredFree()).isTrue();
  }

  @Test
  void shouldStillOfferAProofThatWasMadeAfterItsLeaseWasLost() {
    untilProving(1);
    fulfiller.tell(new LeaseGone(ID, 1));
    device.proof.complete(new TextProof("late"));
    assertThat(expect(HaveProof.class).epoch()).isEqualTo(1);
  }

  @Test
  void shouldSaySoWhenItsDeviceGoesOnWithoutALease() {
    untilProving(1);
    fulfiller.tell(new LeaseGone(ID, 1));
    assertThat(stuck).succeedsWithin(Duration.ofSeconds(5));
  }

  @Test
  void shouldNotCallADeviceStuckThatIsDoneInTime() {
    untilProving(1);
    fulfiller.tell(new LeaseGone(ID, 1));
    device.proof.complete(new TextProof("late"));
    expect(HaveProof.class);
    fulfiller.tell(new Settled(ID, 1));
    assertThat(offeredFree()).isTrue();
    Instant over = Instant.now().plus(ABANDON_AFTER).plusMillis(300);
    await("the time for it").until(() -> Instant.now().isAfter(over));
    assertThat(stuck).isNotDone();
  }

  @Test
  void shouldSayHowLongItHasBeenAtItsPhase() {
    untilProving(1);
    Duration first = expect(Heartbeat.class).inPhase().orElseThrow();
    assertThat(expect(Heartbeat.class).inPhase().orElseThrow()).isGreaterThan(first);
  }

  @Test
  void shouldIgnoreWordsAboutAnotherEpoch() {
    untilProving(2);
    fulfiller.tell(new LeaseGone(ID, 1));
    fulfiller.tell(new Settled(ID, 1));
    assertThat(expect(Heartbeat.class).epoch()).isEqualTo(2);
  }

  @Test
  void shouldDeclineASecondAssignmentWithoutBlamingAnybody() {
    untilProving(1);
    assign(2);
    GaveUp declined = expect(GaveUp.class);
    assertThat(declined.epoch()).isEqualTo(2);
    assertThat(declined.fault()).isEqualTo(Fault.NONE);
  }

  @Test
  void shouldOfferItsProofAgainWhenTheDeliveryLedToNothing() {
    untilProving(1);
    device.proof.complete(new TextProof("the proof"));
    expect(HaveProof.class);
    var refused = StreamRefs.<ByteString>sinkRef().to(Sink.cancelled()).run(kit.system());
    fulfiller.tell(new ProofTarget(ID, 1, refused));
    expect(HaveProof.class);
  }

  @Test
  void shouldNotFetchAgainOnceItGaveUp() {
    assign(1);
    expect(NeedInputs.class);
    var broken =
        Source.<ByteString>failed(new IllegalStateException("cut"))
            .runWith(StreamRefs.sourceRef(), kit.system());
    fulfiller.tell(new Inputs(ID, 1, Optional.of(input("elf")), new Input(99, broken)));
    expect(GaveUp.class);
    sendInputs(1);
    assertThat(expect(GaveUp.class).detail()).as("said again").contains("broke off");
    assertThat(device.received).isEmpty();
  }

  @Test
  void shouldKeepTheReasonItGaveWhenItStops() {
    assign(1);
    expect(NeedInputs.class);
    sendInputs(1);
    device.run.complete(
        new RunOutcome.Stopped(FailureCause.EXCEEDED_CYCLE_LIMIT, "too long", Fault.REQUEST));
    expect(GaveUp.class);
    actor.tell(Fulfiller.Stop.INSTANCE);
    assertThat(expect(GaveUp.class).fault()).isEqualTo(Fault.REQUEST);
    fulfiller.tell(new Settled(ID, 1));
    kit.createTestProbe().expectTerminated(actor);
  }

  @Test
  void shouldCloseADeviceThatOpensAfterItStopped() {
    CompletableFuture<ProvingDevice> opening = new CompletableFuture<>();
    ActorRef<Fulfiller.Command> early =
        kit.spawn(
            Fulfiller.create(
                SETTINGS,
                new Workplace(SETTINGS, _ -> opening),
                (_, _) -> {},
                _ -> {},
                new SilentListener(),
                () -> {},
                Clock.systemUTC()));
    early.tell(Fulfiller.Stop.INSTANCE);
    kit.createTestProbe().expectTerminated(early);
    ScriptedDevice late = new ScriptedDevice();
    opening.complete(late);
    assertThat(late.closed).isTrue();
  }

  @Test
  void shouldGiveBackItsLeaseBeforeItStops() {
    untilProving(1);
    actor.tell(Fulfiller.Stop.INSTANCE);
    assertThat(expect(GaveUp.class).fault()).isEqualTo(Fault.NONE);
    fulfiller.tell(new Settled(ID, 1));
    kit.createTestProbe().expectTerminated(actor);
    assertThat(device.closed).isTrue();
  }

  @Test
  void shouldFinishItsProofWhenItDrains() {
    untilProving(1);
    actor.tell(new Fulfiller.Drain(Duration.ofMinutes(1)));
    assertThat(expect(Heartbeat.class).phase()).isEqualTo(Phase.PROVING);
    device.proof.complete(new TextProof("the proof"));
    expect(HaveProof.class);
    fulfiller.tell(new Settled(ID, 1));
    kit.createTestProbe().expectTerminated(actor);
    assertThat(device.closed).isTrue();
  }

  @Test
  void shouldGiveBackWhatItDoesNotFinishInTimeWhenItDrains() {
    untilProving(1);
    actor.tell(new Fulfiller.Drain(TERM));
    assertThat(expect(GaveUp.class).fault()).isEqualTo(Fault.NONE);
    fulfiller.tell(new Settled(ID, 1));
    kit.createTestProbe().expectTerminated(actor);
  }

  @Test
  void shouldTakeNothingOnWhileItDrains() {
    untilProving(1);
    actor.tell(new Fulfiller.Drain(Duration.ofMinutes(1)));
    assign(2);
    assertThat(expect(GaveUp.class).epoch()).isEqualTo(2);
    device.proof.complete(new TextProof("the proof"));
    assertThat(expect(HaveProof.class).epoch()).isEqualTo(1);
  }

  @Test
  void shouldDeliverAProofThatIsThereBeforeItStops() {
    untilProving(1);
    device.proof.complete(new TextProof("the proof"));
    expect(HaveProof.class);
    actor.tell(Fulfiller.Stop.INSTANCE);
    assertThat(expect(HaveProof.class).size()).isEqualTo(9);
    fulfiller.tell(new Settled(ID, 1));
    kit.createTestProbe().expectTerminated(actor);
  }

  @Test
  void shouldGoOnWithItsProofWhenItStartsOver() throws Exception {
    untilProving(3);
    startOver();
    Heartbeat beat =
        (Heartbeat)
            owner
                .fishForMessage(
                    Duration.ofSeconds(5),
                    r ->
                        r instanceof Heartbeat b && b.replyTo().equals(fulfiller)
                            ? FishingOutcomes.complete()
                            : FishingOutcomes.continueAndIgnore())
                .getLast();
    assertThat(beat.epoch()).isEqualTo(3);
    assertThat(beat.phase()).isEqualTo(Phase.PROVING);
    assertThat(beat.execution()).contains(RAN);
    assertThat(device.jobClosed).isFalse();

    device.proof.complete(new TextProof("the proof"));
    HaveProof offer = expect(HaveProof.class);
    assertThat(offer.epoch()).isEqualTo(3);
    assertThat(offer.replyTo()).isEqualTo(fulfiller);
    fulfiller.tell(new Settled(ID, 3));
    assertThat(offeredFree()).isTrue();
    assertThat(device.jobClosed).isTrue();
    assertThat(device.closed).isFalse();
  }

  @Test
  void shouldOfferAProofThatWasMadeWhileItWasAway() {
    untilProving(1);
    kit.stop(actor);
    device.proof.complete(new TextProof("the proof"));
    actor = spawnHere();
    assertThat(expect(HaveProof.class).size()).isEqualTo(9);
  }

  @Test
  void shouldAskForItsInputsAnewWhenItStartsOverBeforeTheyCame() {
    assign(1);
    ActorRef<FulfillerMessage> first = expect(NeedInputs.class).replyTo();
    startOver();
    assertThat(
            owner
                .fishForMessage(
                    Duration.ofSeconds(5),
                    r ->
                        r instanceof NeedInputs && !r.replyTo().equals(first)
                            ? FishingOutcomes.complete()
                            : FishingOutcomes.continueAndIgnore())
                .getLast()
                .epoch())
        .isEqualTo(1);
  }

  @Test
  void shouldNotTakeAnotherAssignmentWhileItGoesOnWithItsProof() {
    untilProving(1);
    startOver();
    assign(9);
    assertThat(expect(GaveUp.class).epoch()).isEqualTo(9);
  }

  @Test
  void shouldRestAfterAFaultOfItsDevice() {
    untilProving(1);
    device.proof.completeExceptionally(
        new JobFailed(FailureCause.PROVING_FAILED, "the device is broken", Fault.DEVICE));
    expect(GaveUp.class);
    fulfiller.tell(new Settled(ID, 1));
    Instant ended = Instant.now();
    assertThat(offeredFree()).isTrue();
    assertThat(Duration.between(ended, Instant.now())).isGreaterThan(Duration.ofMillis(1500));
  }

  @Test
  void shouldLetGoWhenNobodyAnswersAndTheDeadlineIsOver() {
    assign(1, Instant.now().minus(TERM));
    assertThat(offeredFree()).isTrue();
  }

  private static byte[] bytes(int length, int value) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }
}
