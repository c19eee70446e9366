package org.privateproving.fulfiller;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.javadsl.Keep;
import org.jspecify.annotations.Nullable;
import org.privateproving.domain.CircuitVersion;
import org.privateproving.domain.FailureCause;
import org.privateproving.domain.RequestId;
import org.privateproving.fulfiller.FulfillerMessage.Assign;
import org.privateproving.fulfiller.FulfillerMessage.Inputs;
import org.privateproving.fulfiller.FulfillerMessage.LeaseGone;
import org.privateproving.fulfiller.FulfillerMessage.LeaseRenewed;
import org.privateproving.fulfiller.FulfillerMessage.ProofTarget;
import org.privateproving.fulfiller.FulfillerMessage.Settled;
import org.privateproving.fulfiller.InputFetcher.Fetched;
import org.privateproving.fulfiller.ProvingDevice.JobFailed;
import org.privateproving.fulfiller.ProvingDevice.RunOutcome;
import org.privateproving.fulfiller.WorkReport.Fault;
import org.privateproving.fulfiller.WorkReport.GaveUp;
import org.privateproving.fulfiller.WorkReport.HaveProof;
import org.privateproving.fulfiller.WorkReport.Heartbeat;
import org.privateproving.fulfiller.WorkReport.NeedInputs;
import org.privateproving.fulfiller.WorkReport.Phase;
import org.privateproving.sp1.ProofMode;

/**
 * Owns one proving device and works on one leased request at a time: fetches its inputs, executes,
 * proves, verifies, delivers.
 *
 * <p>A job goes FETCHING → EXECUTING → PROVING → DELIVERING; it ends when the owner of the lease
 * says {@code Settled}, or at the next step once the lease is gone. Native work runs on the
 * device's thread, so heartbeats go on whatever the prover does. A proof that was made after its
 * lease was lost is offered all the same: the owner decides.
 */
public final class Fulfiller extends AbstractBehavior<Fulfiller.Command> {

  public sealed interface Command {}

  /** From the owner of a lease. */
  private record Told(FulfillerMessage message) implements Command {}

  private record EngineOpened(ProvingDevice device, Duration took) implements Command {}

  private record EngineFailed(Throwable reason) implements Command {}

  private record InputsHere(RequestId id, long epoch, Fetched inputs) implements Command {}

  private record RunEnded(RequestId id, long epoch, RunOutcome outcome) implements Command {}

  private record ProofMade(RequestId id, long epoch, VerifiedProof proof) implements Command {}

  private record StreamEnded(RequestId id, long epoch) implements Command {}

  private record StepFailed(RequestId id, long epoch, Throwable reason) implements Command {}

  private enum Beat implements Command {
    INSTANCE
  }

  private enum Repeat implements Command {
    INSTANCE
  }

  /** Gives back what it works on, and ends. */
  public enum Stop implements Command {
    INSTANCE
  }

  /** The way to the owner of a request's lease, wherever it is. */
  @FunctionalInterface
  public interface LeaseOwner {
    void report(RequestId id, WorkReport report);
  }

  /** Opens the device: takes minutes on some engines, and runs on a thread of its own. */
  @FunctionalInterface
  interface DeviceOpener {
    CompletionStage<ProvingDevice> open();
  }

  private static final Duration REPEAT_OFFER_EVERY = Duration.ofSeconds(2);
  private static final int BEATS_PER_TERM = 3;

  private final TimerScheduler<Command> timers;
  private final FulfillerSettings settings;
  private final LeaseOwner owner;
  private final Consumer<DeviceOffer> offers;
  private final FulfillerListener listener;
  private final Clock clock;
  private final ActorRef<FulfillerMessage> self;
  private final Materializer materializer;
  private @Nullable ProvingDevice device;
  private @Nullable Job job;
  private boolean stopping;
  private long serial;

  /**
   * @param offers where to say what the device offers (the dispatcher, in the end)
   */
  public static Behavior<Command> create(
      FulfillerSettings settings,
      LeaseOwner owner,
      Consumer<DeviceOffer> offers,
      FulfillerListener listener,
      Clock clock) {
    return create(settings, () -> NativeDevice.open(settings), owner, offers, listener, clock);
  }

  static Behavior<Command> create(
      FulfillerSettings settings,
      DeviceOpener opener,
      LeaseOwner owner,
      Consumer<DeviceOffer> offers,
      FulfillerListener listener,
      Clock clock) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers ->
                    new Fulfiller(
                        context, timers, settings, opener, owner, offers, listener, clock)));
  }

  private Fulfiller(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      FulfillerSettings settings,
      DeviceOpener opener,
      LeaseOwner owner,
      Consumer<DeviceOffer> offers,
      FulfillerListener listener,
      Clock clock) {
    super(context);
    this.timers = timers;
    this.settings = settings;
    this.owner = owner;
    this.offers = offers;
    this.listener = listener;
    this.clock = clock;
    this.self = context.messageAdapter(FulfillerMessage.class, Told::new);
    this.materializer = Materializer.createMaterializer(context);
    Instant start = clock.instant();
    listener.engineStarting(settings.engine().name().toLowerCase(java.util.Locale.ROOT));
    context.pipeToSelf(
        opener.open(),
        (opened, failure) ->
            opened != null
                ? new EngineOpened(opened, Duration.between(start, clock.instant()))
                : new EngineFailed(rootOf(failure)));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Command.class, this::on)
        .onSignal(PostStop.class, _ -> onStop())
        .build();
  }

  private Behavior<Command> on(Command command) {
    switch (command) {
      case EngineOpened(ProvingDevice opened, Duration took) -> onEngineOpened(opened, took);
      case EngineFailed(Throwable reason) -> {
        getContext().getLog().error("The engine did not start: {}", reason.getMessage());
        listener.engineFailed(String.valueOf(reason.getMessage()));
        return Behaviors.stopped();
      }
      case Told(FulfillerMessage message) -> onTold(message);
      case InputsHere(RequestId id, long epoch, Fetched inputs) -> onInputs(id, epoch, inputs);
      case RunEnded(RequestId id, long epoch, RunOutcome outcome) ->
          current(id, epoch).ifPresent(job -> onRun(job, outcome));
      case ProofMade(RequestId id, long epoch, VerifiedProof proof) ->
          current(id, epoch).ifPresentOrElse(job -> onProof(job, proof), proof::close);
      case StreamEnded(RequestId id, long epoch) ->
          // No word from the owner by the next heartbeat means that the proof was not stored.
          current(id, epoch).ifPresent(job -> job.awaitAnswerTo(proofOffer(job)));
      case StepFailed(RequestId id, long epoch, Throwable reason) ->
          current(id, epoch).ifPresent(job -> onStepFailed(job, reason));
      case Beat.INSTANCE -> onBeat();
      case Repeat.INSTANCE -> offer();
      case Stop.INSTANCE -> onStopAsked();
    }
    return stopping && job == null ? Behaviors.stopped() : this;
  }

  private void onEngineOpened(ProvingDevice opened, Duration took) {
    device = opened;
    listener.engineReady(opened.info(), took);
    timers.startTimerWithFixedDelay(Repeat.INSTANCE, REPEAT_OFFER_EVERY);
    offer();
  }

  private void onTold(FulfillerMessage message) {
    switch (message) {
      case Assign(Assignment assignment) -> onAssign(assignment);
      case LeaseRenewed _ -> {}
      case LeaseGone(RequestId id, long epoch) -> current(id, epoch).ifPresent(this::onLeaseGone);
      case Inputs inputs -> onInputStreams(inputs);
      case ProofTarget target ->
          current(target.id(), target.epoch()).ifPresent(job -> deliver(job, target));
      case Settled(RequestId id, long epoch) ->
          current(id, epoch).ifPresent(job -> finish(job, job.result()));
    }
  }

  private void onAssign(Assignment assignment) {
    if (job != null && job.is(assignment.id(), assignment.epoch())) {
      return; // told twice
    }
    if (job != null || device == null || stopping) {
      owner.report(
          assignment.id(),
          new GaveUp(
              assignment.epoch(),
              FailureCause.PROVING_FAILED,
              "the fulfiller was busy",
              Fault.NONE,
              self));
      return;
    }
    Job started = new Job(assignment, clock.instant());
    job = started;
    timers.startTimerWithFixedDelay(
        Beat.INSTANCE, assignment.leaseTerm().dividedBy(BEATS_PER_TERM));
    offer();
    enter(started, Phase.FETCHING);
    ask(
        started,
        new NeedInputs(assignment.epoch(), !device.warm().contains(assignment.vkHash()), self));
  }

  private void onInputStreams(Inputs inputs) {
    current(inputs.id(), inputs.epoch())
        .filter(job -> job.phase() == Phase.FETCHING && job.unanswered().isPresent())
        .ifPresent(
            job -> {
              job.answered();
              step(
                  job,
                  InputFetcher.fetch(inputs, open(), materializer),
                  fetched -> new InputsHere(inputs.id(), inputs.epoch(), fetched));
            });
  }

  private void onInputs(RequestId id, long epoch, Fetched inputs) {
    Job job = current(id, epoch).orElse(null);
    if (job == null || job.leaseGone()) {
      inputs.close();
      if (job != null) {
        finish(job, "lease lost");
      }
      return;
    }
    enter(job, Phase.EXECUTING);
    step(
        job,
        open().run(job.assignment(), inputs.program(), inputs.stdin()),
        outcome -> new RunEnded(id, epoch, outcome));
  }

  private void onRun(Job job, RunOutcome outcome) {
    if (job.leaseGone()) {
      finish(job, "lease lost");
      return;
    }
    switch (outcome) {
      case RunOutcome.Stopped(FailureCause cause, String detail, Fault fault) ->
          giveUp(job, cause, detail, fault);
      case RunOutcome.Ran(WorkReport.ExecutionReport report) -> {
        job.executed(report);
        enter(job, Phase.PROVING);
        beat(job);
        step(
            job,
            open().prove(job.assignment()),
            proof -> new ProofMade(job.assignment().id(), job.assignment().epoch(), proof));
      }
    }
  }

  private void onProof(Job job, VerifiedProof proof) {
    job.proved(proof);
    enter(job, Phase.DELIVERING);
    ask(job, proofOffer(job));
  }

  private HaveProof proofOffer(Job job) {
    VerifiedProof proof = job.proof().orElseThrow();
    return new HaveProof(
        job.assignment().epoch(),
        proof.size(),
        proof.sha256(),
        job.execution().orElseThrow(),
        self);
  }

  private void deliver(Job job, ProofTarget target) {
    if (job.phase() != Phase.DELIVERING || job.unanswered().isEmpty()) {
      return; // a second answer to a question asked twice
    }
    job.answered();
    CompletionStage<Done> sent =
        job.proof()
            .orElseThrow()
            .bytes()
            .watchTermination(Keep.right())
            .to(target.target().getSink())
            .run(materializer);
    getContext().pipeToSelf(sent, (_, _) -> new StreamEnded(target.id(), target.epoch()));
  }

  private void onStepFailed(Job job, Throwable reason) {
    if (reason instanceof JobFailed failed) {
      giveUp(job, failed.failureCause(), String.valueOf(failed.getMessage()), failed.fault());
    } else {
      // The text of an unknown exception may hold anything: only its kind goes out.
      String kind = reason.getClass().getSimpleName();
      getContext()
          .getLog()
          .warn("{} failed while {}: {}", job.assignment().id(), job.phase(), kind);
      giveUp(
          job,
          FailureCause.PROVING_FAILED,
          "the fulfiller failed while " + job.phase() + " (" + kind + ")",
          Fault.DEVICE);
    }
  }

  private void giveUp(Job job, FailureCause cause, String detail, Fault fault) {
    if (job.leaseGone()) {
      finish(job, "lease lost");
      return;
    }
    job.failed(cause);
    ask(job, new GaveUp(job.assignment().epoch(), cause, detail, fault, self));
  }

  private void onLeaseGone(Job job) {
    if (job.leaseGone()) {
      return;
    }
    job.markLeaseGone();
    getContext()
        .getLog()
        .info("{} lost its lease (epoch {})", job.assignment().id(), job.assignment().epoch());
    boolean nothingUnderWay = job.unanswered().isPresent();
    if (nothingUnderWay && job.phase() != Phase.DELIVERING) {
      finish(job, "lease lost");
    }
  }

  private void onStopAsked() {
    stopping = true;
    offer();
    if (job != null) {
      ask(job, givenBack(job));
    }
  }

  private GaveUp givenBack(Job job) {
    return new GaveUp(
        job.assignment().epoch(),
        FailureCause.PROVING_FAILED,
        "its fulfiller stopped",
        Fault.NONE,
        self);
  }

  private void onBeat() {
    Job current = job;
    if (current == null) {
      return;
    }
    beat(current);
    Assignment assignment = current.assignment();
    current.unanswered().ifPresent(report -> owner.report(assignment.id(), report));
    boolean hopeless =
        current.unanswered().isPresent()
            && clock.instant().isAfter(assignment.deadline().plus(assignment.leaseTerm()));
    if (hopeless) {
      finish(current, "nobody answers, and the deadline is over");
    }
  }

  private void beat(Job job) {
    owner.report(
        job.assignment().id(),
        new Heartbeat(job.assignment().epoch(), job.phase(), job.execution(), self));
  }

  /** Sends a report now, and again with every heartbeat until it is answered. */
  private void ask(Job job, WorkReport report) {
    job.awaitAnswerTo(report);
    owner.report(job.assignment().id(), report);
  }

  private void finish(Job ended, String result) {
    ended.proof().ifPresent(VerifiedProof::close);
    open().release();
    timers.cancel(Beat.INSTANCE);
    listener.done(
        ended.assignment().id(), result, Duration.between(ended.startedAt(), clock.instant()));
    job = null;
    offer();
  }

  private void enter(Job job, Phase phase) {
    job.enter(phase);
    listener.working(
        job.assignment().id(),
        phase,
        job.execution().map(WorkReport.ExecutionReport::cycles).orElse(0L));
  }

  private <T> void step(
      Job job, CompletionStage<T> work, java.util.function.Function<T, Command> then) {
    RequestId id = job.assignment().id();
    long epoch = job.assignment().epoch();
    getContext()
        .pipeToSelf(
            work,
            (result, failure) ->
                failure == null ? then.apply(result) : new StepFailed(id, epoch, rootOf(failure)));
  }

  private void offer() {
    if (device == null) {
      return;
    }
    Set<ProofMode> modes = EnumSet.allOf(ProofMode.class);
    Set<CircuitVersion> versions =
        Set.of(new CircuitVersion("sp1-" + device.info().circuitVersion()));
    offers.accept(
        new DeviceOffer(
            settings.name(),
            serial++,
            job == null && !stopping,
            versions,
            modes,
            device.warm(),
            self));
  }

  private Optional<Job> current(RequestId id, long epoch) {
    return Optional.ofNullable(job).filter(j -> j.is(id, epoch));
  }

  private ProvingDevice open() {
    if (device == null) {
      throw new IllegalStateException("no engine is open");
    }
    return device;
  }

  private Behavior<Command> onStop() {
    if (job != null) {
      owner.report(job.assignment().id(), givenBack(job));
      job.proof().ifPresent(VerifiedProof::close);
    }
    if (device != null) {
      device.close();
    }
    return this;
  }

  private static Throwable rootOf(@Nullable Throwable failure) {
    Throwable root = failure == null ? new IllegalStateException("no result") : failure;
    while (root instanceof java.util.concurrent.CompletionException && root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }
}
