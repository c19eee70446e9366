package org.privateproving.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.privateproving.request.RequestKit.get;
import static org.privateproving.request.SampleRequests.DIGEST;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.Done;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.apache.pekko.persistence.testkit.javadsl.EventSourcedBehaviorTestKit;
import org.apache.pekko.persistence.testkit.javadsl.EventSourcedBehaviorTestKit.CommandResult;
import org.apache.pekko.persistence.testkit.javadsl.EventSourcedBehaviorTestKit.CommandResultWithReply;
import org.apache.pekko.persistence.testkit.javadsl.EventSourcedBehaviorTestKit.SerializationSettings;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;
import org.privateproving.artifact.ArtifactId;
import org.privateproving.artifact.ArtifactInfo;
import org.privateproving.artifact.ArtifactKind;
import org.privateproving.artifact.ArtifactStore;
import org.privateproving.dispatch.Dispatcher;
import org.privateproving.dispatch.LocalQueue;
import org.privateproving.dispatch.WaitingRequest;
import org.privateproving.domain.Address;
import org.privateproving.domain.Digest;
import org.privateproving.domain.FailureCause;
import org.privateproving.domain.RequestId;
import org.privateproving.fulfiller.FulfillerMessage;
import org.privateproving.fulfiller.FulfillerMessage.ProofTarget;
import org.privateproving.fulfiller.FulfillerMessage.Settled;
import org.privateproving.fulfiller.WorkReport;
import org.privateproving.fulfiller.WorkReport.ExecutionReport;
import org.privateproving.fulfiller.WorkReport.Fault;
import org.privateproving.fulfiller.WorkReport.GaveUp;
import org.privateproving.fulfiller.WorkReport.HaveProof;
import org.privateproving.fulfiller.WorkReport.Heartbeat;
import org.privateproving.fulfiller.WorkReport.Phase;
import org.privateproving.network.HostedLedger;
import org.privateproving.network.ProverNetwork;
import org.privateproving.network.Reporter;
import org.privateproving.request.RequestCommand.Accept;
import org.privateproving.request.RequestCommand.Answer;
import org.privateproving.request.RequestCommand.Cancel;
import org.privateproving.request.RequestCommand.Poll;
import org.privateproving.request.RequestCommand.Propose;
import org.privateproving.request.RequestCommand.Report;

/**
 * One ProofRequest among probes, with an id of its own, so that an actor of an earlier test has no
 * part in this one.
 */
final class RunningRequest {
  static final Duration TERM = Duration.ofSeconds(2);
  static final Duration HOLD = Duration.ofSeconds(2);
  static final StallBound STALL = new StallBound(Duration.ofMinutes(10), Duration.ofSeconds(2));
  static final int MAX_ATTEMPTS = 2;
  static final ExecutionReport RAN = new ExecutionReport(5, 7, DIGEST);

  final TestProbe<Dispatcher.Command> dispatcher;
  final TestProbe<Reporter.Command> reporter;
  final TestProbe<FulfillerMessage> fulfiller;
  final TestProbe<ClusterSharding.ShardCommand> shard;
  final LocalQueue queue = new LocalQueue();
  final DurationHistory durations = new DurationHistory();
  final RequestId id;

  private final RequestKit kit;
  private final ArtifactStore artifacts;
  private AdmissionSettings admission = new AdmissionSettings(1000, 1000, true);
  private RetryPauses pauses = new RetryPauses(List.of());
  private SerializationSettings serialization =
      EventSourcedBehaviorTestKit.enabledSerializationSettings();
  private ProverNetwork network;
  private Order order;
  private EventSourcedBehaviorTestKit<RequestCommand, Event, State> actor;

  RunningRequest(RequestKit kit, ArtifactStore artifacts) {
    this.kit = kit;
    this.artifacts = artifacts;
    network = new HostedLedger(kit.database(), artifacts, new byte[32], Clock.systemUTC());
    dispatcher = kit.actors().createTestProbe(Dispatcher.Command.class);
    reporter = kit.actors().createTestProbe(Reporter.Command.class);
    fulfiller = kit.actors().createTestProbe(FulfillerMessage.class);
    shard = kit.actors().createTestProbe(ClusterSharding.ShardCommand.class);
    id = kit.randomId();
    order = uploaded(kit);
    actor = spawn(HOLD);
  }

  private static Order uploaded(RequestKit kit) {
    Order sample = SampleRequests.order();
    Address owner = sample.requester();
    ArtifactId stdin = kit.upload(owner, ArtifactKind.STDIN, "the stdin");
    Instant deadline = Instant.now().plusSeconds(3600);
    return new Order(
        owner,
        SampleRequests.with(sample, sample.terms().stdinUri(), stdin, deadline).terms(),
        sample.programUri(),
        kit.upload(owner, ArtifactKind.PROGRAM, "the elf"));
  }

  private EventSourcedBehaviorTestKit<RequestCommand, Event, State> spawn(Duration hold) {
    return EventSourcedBehaviorTestKit.create(kit.actors().system(), behavior(hold), serialization);
  }

  private Behavior<RequestCommand> behavior(Duration hold) {
    return ProofRequest.create(id, around(hold), shard.getRef());
  }

  /** Everything that it deals with. */
  Surroundings around() {
    return around(HOLD);
  }

  private Surroundings around(Duration hold) {
    var settings =
        new RequestSettings(
            Duration.ofSeconds(5),
            TERM,
            MAX_ATTEMPTS,
            pauses,
            STALL,
            admission,
            hold,
            Duration.ofDays(7),
            1 << 20);
    return new Surroundings(
        dispatcher.getRef(),
        queue,
        reporter.getRef(),
        artifacts,
        network,
        new RequestIndex(kit.database()),
        durations,
        settings,
        Clock.systemUTC());
  }

  /** The same request on a server with another network. */
  RunningRequest over(ProverNetwork other) {
    network = other;
    actor = spawn(HOLD);
    return this;
  }

  /** May also be told what it only ever tells itself, which no serializer needs to know. */
  RunningRequest toldItsOwnWords() {
    serialization = serialization.withVerifyCommands(false);
    actor = spawn(HOLD);
    return this;
  }

  /** The same request on a server where no poll is held. */
  void spawnWithoutHolding() {
    actor = spawn(Duration.ZERO);
  }

  // The interesting states, by name.

  CommandResultWithReply<RequestCommand, Event, State, Done> accepted() {
    return actor.runCommand(replyTo -> new Accept(order, replyTo));
  }

  void leased() {
    accepted();
    proposed("gpu-0");
    assertThat(fulfiller.expectMessageClass(FulfillerMessage.Assign.class).assignment().epoch())
        .isEqualTo(((State.Leased) state()).lease().epoch());
  }

  void proved() {
    leased();
    deliver(1, "the proof");
    assertThat(state()).isInstanceOf(State.Proved.class);
  }

  /** In a state that no command led to. */
  void initialize(State state) {
    actor.initialize(state);
  }

  void restart() {
    actor.restart();
  }

  void until(Instant deadline) {
    order = SampleRequests.withDeadline(order, deadline);
  }

  /** Its pauses, from now on. */
  void resting(Duration... after) {
    pauses = new RetryPauses(List.of(after));
    actor = spawn(HOLD);
  }

  /** What is let in, from now on. */
  void admitting(AdmissionSettings settings) {
    admission = settings;
  }

  // What happens to it.

  void meets(RequestCommand command) {
    actor.runCommand(command);
  }

  void woken() {
    actor.runCommand(RequestCommand.Wake.INSTANCE);
  }

  /** Accepted by an actor of the same request that the test can stop. */
  ActorRef<RequestCommand> acceptedElsewhere() {
    ActorRef<RequestCommand> other = kit.actors().spawn(behavior(HOLD));
    other.tell(new Accept(order, kit.actors().<Done>createTestProbe().getRef()));
    return other;
  }

  CommandResult<RequestCommand, Event, State> proposed(String name) {
    return actor.runCommand(new Propose(name, fulfiller.getRef()));
  }

  CommandResult<RequestCommand, Event, State> told(WorkReport report) {
    return actor.runCommand(new Report(report));
  }

  CommandResultWithReply<RequestCommand, Event, State, Answer> canceled(Address by) {
    return actor.runCommand(replyTo -> new Cancel(by, replyTo));
  }

  /** A poll whose answer is awaited. */
  Answer polled(boolean mayHold) {
    return actor.<Answer>runCommand(replyTo -> new Poll(mayHold, replyTo)).reply();
  }

  /** A poll whose answer the probe gets. */
  TestProbe<Answer> polling() {
    TestProbe<Answer> client = kit.actors().createTestProbe(Answer.class);
    polling(client);
    return client;
  }

  void polling(TestProbe<Answer> client) {
    actor.runCommand(new Poll(true, client.getRef()));
  }

  void deliver(long epoch, String proof) {
    told(offer(epoch, proof));
    send(fulfiller.expectMessageClass(ProofTarget.class), proof);
    fulfiller.expectMessage(new Settled(id, epoch));
  }

  void send(ProofTarget target, String proof) {
    Source.single(ByteString.fromString(proof))
        .runWith(target.target().getSink(), kit.actors().system());
  }

  HaveProof offer(long epoch, String proof) {
    byte[] bytes = proof.getBytes(StandardCharsets.UTF_8);
    return new HaveProof(epoch, bytes.length, sha256(bytes), RAN, fulfiller.getRef());
  }

  private static Digest sha256(byte[] bytes) {
    try {
      return Digest.of(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  GaveUp gaveUp(long epoch, Fault fault) {
    return new GaveUp(epoch, FailureCause.BREAKPOINT, "why", fault, fulfiller.getRef());
  }

  Heartbeat beat(long epoch, boolean executed) {
    return new Heartbeat(
        epoch,
        Phase.PROVING,
        Optional.empty(),
        executed ? Optional.of(RAN) : Optional.empty(),
        fulfiller.getRef());
  }

  /** Of a fulfiller that has been at its proof for so long. */
  Heartbeat beatAfter(long epoch, Duration proving) {
    return new Heartbeat(
        epoch, Phase.PROVING, Optional.of(proving), Optional.of(RAN), fulfiller.getRef());
  }

  // What is seen of it.

  List<Event> journal() {
    return actor
        .persistenceTestKit()
        .persistedInStorage(ProofRequest.persistenceId(id).id())
        .stream()
        .map(Event.class::cast)
        .toList();
  }

  /** A proof in the store, as its intake leaves it. */
  ArtifactInfo storedProof() {
    return get(
        Source.single(ByteString.fromString("the proof"))
            .runWith(
                kit.artifacts().storeProof(order.requester(), id.hex(), 1 << 20),
                kit.actors().system()));
  }

  /** What it has in the queue of its server. */
  List<WaitingRequest> queued() {
    return queue.page(Optional.empty(), 10);
  }

  State state() {
    return actor.getState();
  }

  Order order() {
    return order;
  }

  boolean inputsErased() {
    return state().settled();
  }

  boolean stdinIsThere() {
    return get(kit.artifacts().find(order.terms().stdin()))
        .filter(ArtifactInfo::complete)
        .isPresent();
  }
}
