package org.privateproving.fulfiller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.stream.SinkRef;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.stream.javadsl.StreamRefs;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.privateproving.domain.RequestId;
import org.privateproving.fulfiller.CountingEngine.Call;
import org.privateproving.fulfiller.FulfillerMessage.Assign;
import org.privateproving.fulfiller.FulfillerMessage.Input;
import org.privateproving.fulfiller.FulfillerMessage.Inputs;
import org.privateproving.fulfiller.FulfillerMessage.LeaseGone;
import org.privateproving.fulfiller.FulfillerMessage.ProofTarget;
import org.privateproving.fulfiller.FulfillerMessage.Settled;
import org.privateproving.fulfiller.WorkReport.Fault;
import org.privateproving.fulfiller.WorkReport.GaveUp;
import org.privateproving.fulfiller.WorkReport.HaveProof;
import org.privateproving.fulfiller.WorkReport.Heartbeat;
import org.privateproving.fulfiller.WorkReport.NeedInputs;
import org.privateproving.sp1.Engine;

/**
 * Whatever fails in a job, and whatever cuts it short, nothing of it stays outside the heap: the
 * fulfiller on the real library, with an owner of the lease that answers everything.
 */
class FulfillerMemoryTest {
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final ActorTestKit kit = ActorTestKit.create();

  private static Engine real;
  private static SampleJob sample;

  private CountingEngine engine;
  private final List<WorkReport> reports = new CopyOnWriteArrayList<>();
  private final CompletableFuture<String> result = new CompletableFuture<>();
  private final CompletableFuture<ActorRef<Fulfiller.Command>> actor = new CompletableFuture<>();
  private final CompletableFuture<ActorRef<FulfillerMessage>> self = new CompletableFuture<>();
  private ActorRef<Cut> node;
  private final Workplace workplace =
      new Workplace(SampleJob.settings(2), settings -> NativeDevice.open(settings, _ -> engine));

  /** What cuts a job short. */
  enum Cut {
    LEASE_GONE,
    SETTLED,
    STOP,
    /** The node goes down around the fulfiller, and does not come back. */
    KILL
  }

  @BeforeAll
  static void open() throws Exception {
    real = SampleJob.mockEngine();
    sample = SampleJob.of(real, "fibonacci");
  }

  @AfterAll
  static void close() {
    kit.shutdownTestKit();
    real.close();
  }

  @BeforeEach
  void spawn() throws Exception {
    engine = new CountingEngine(real);
    node = kit.spawn(Behaviors.setup(context -> nodeWith(context.spawn(fulfiller(), "fulfiller"))));
    self.get(LONG.toSeconds(), TimeUnit.SECONDS);
  }

  private void assign() {
    self.join().tell(new Assign(sample.assignment()));
  }

  private Behavior<Cut> nodeWith(ActorRef<Fulfiller.Command> fulfiller) {
    actor.complete(fulfiller);
    return Behaviors.receiveMessage(_ -> Behaviors.stopped());
  }

  private Behavior<Fulfiller.Command> fulfiller() {
    return Fulfiller.create(
        SampleJob.settings(2),
        workplace,
        this::answer,
        offer -> self.complete(offer.ref()),
        new SilentListener() {
          @Override
          public void done(RequestId id, String how, Duration took) {
            result.complete(how);
          }
        },
        () -> {},
        Clock.systemUTC());
  }

  private void answer(RequestId id, WorkReport report) {
    boolean first = reports.stream().noneMatch(HaveProof.class::isInstance);
    reports.add(report);
    switch (report) {
      case Heartbeat _ -> {}
      case NeedInputs need ->
          need.replyTo()
              .tell(
                  new Inputs(
                      id, need.epoch(), Optional.of(input(sample.elf())), input(sample.stdin())));
      case HaveProof have when first ->
          have.replyTo().tell(new ProofTarget(id, have.epoch(), target()));
      case HaveProof have -> have.replyTo().tell(new Settled(id, have.epoch()));
      case GaveUp gaveUp -> gaveUp.replyTo().tell(new Settled(id, gaveUp.epoch()));
    }
  }

  private static Input input(byte[] bytes) {
    return new Input(
        bytes.length,
        Source.single(ByteString.fromArray(bytes)).runWith(StreamRefs.sourceRef(), kit.system()));
  }

  private static SinkRef<ByteString> target() {
    return StreamRefs.<ByteString>sinkRef().to(Sink.ignore()).run(kit.system());
  }

  private void awaitOnlyTheKey() {
    await("all but the key is freed")
        .atMost(LONG)
        .until(() -> List.of("engine", "key").containsAll(engine.live()));
  }

  private void awaitNothing() {
    node.tell(Cut.KILL);
    kit.createTestProbe().expectTerminated(actor.join());
    workplace.close();
    await("everything is freed").atMost(LONG).until(() -> engine.live().isEmpty());
  }

  private String result() throws Exception {
    return result.get(LONG.toSeconds(), TimeUnit.SECONDS);
  }

  @Test
  void shouldHoldNothingButTheKeyAfterAProof() throws Exception {
    assign();
    assertThat(result()).isEqualTo("proved");
    awaitOnlyTheKey();
    assertThat(engine.live()).containsExactly("engine", "key");
    awaitNothing();
  }

  @ParameterizedTest
  @EnumSource(Call.class)
  void shouldHoldNothingButTheKeyAfterAFailure(Call call) throws Exception {
    engine.failAt(call);
    assign();
    assertThat(result()).isEqualTo(call == Call.SEND ? "proved" : "proving failed");
    assertThat(engine.reached()).isDone();
    awaitOnlyTheKey();
    awaitNothing();
  }

  private static Stream<Arguments> everyCallAndCut() {
    return Arrays.stream(Call.values())
        .flatMap(call -> Arrays.stream(Cut.values()).map(cut -> Arguments.of(call, cut)));
  }

  @ParameterizedTest
  @MethodSource("everyCallAndCut")
  void shouldHoldNothingOfAJobThatIsCutShort(Call call, Cut cut) throws Exception {
    engine.waitAt(call);
    assign();
    engine.reached().get(LONG.toSeconds(), TimeUnit.SECONDS);
    switch (cut) {
      case LEASE_GONE -> self.join().tell(new LeaseGone(SampleJob.id(), 1));
      case SETTLED -> self.join().tell(new Settled(SampleJob.id(), 1));
      case STOP -> actor.join().tell(Fulfiller.Stop.INSTANCE);
      case KILL -> node.tell(cut);
    }
    engine.goOn();
    if (cut != Cut.KILL) {
      assertThat(result()).isIn("lease lost", "given back", "proved");
    }
    if (cut == Cut.LEASE_GONE || cut == Cut.SETTLED) {
      awaitOnlyTheKey();
    }
    awaitNothing();
  }

  @Test
  void shouldNeverOfferAProofThatIsWrong() throws Exception {
    engine.provesWrong = true;
    assign();
    assertThat(result()).isEqualTo("proving failed");
    assertThat(reports).noneMatch(HaveProof.class::isInstance);
    assertThat(reports)
        .filteredOn(GaveUp.class::isInstance)
        .first()
        .isInstanceOfSatisfying(
            GaveUp.class, gaveUp -> assertThat(gaveUp.fault()).isEqualTo(Fault.DEVICE));
    awaitOnlyTheKey();
    awaitNothing();
  }
}
