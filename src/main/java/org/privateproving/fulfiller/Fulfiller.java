package org.privateproving.fulfiller;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.stream.Materializer;
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
import org.privateproving.fulfiller.WorkReport.Fault;
import org.privateproving.fulfiller.WorkReport.GaveUp;
import org.privateproving.sp1.ProofMode;

/**
 * Owns one proving device and works on one leased request at a time; {@link JobRun} says how.
 *
 * <p>Native work runs on the device's thread, so heartbeats go on whatever the prover does. What
 * the device offers is said on every change and every few seconds.
 */
public final class Fulfiller extends AbstractBehavior<Fulfiller.Command> {

  public sealed interface Command {}

  /** Gives back what it works on, and ends. */
  public enum Stop implements Command {
    INSTANCE
  }

  /** From the owner of a lease. */
  private record Told(FulfillerMessage message) implements Command {}

  private record EngineOpened(ProvingDevice device, Duration took) implements Command {}

  private record EngineFailed(Throwable reason) implements Command {}

  private record StepDone(JobRun job, JobRun.Outcome outcome) implements Command {}

  private enum Timeout implements Command {
    HEARTBEAT,
    OFFER,
    OPEN
  }

  /** The way to the owner of a request's lease, wherever it is. */
  @FunctionalInterface
  public interface LeaseOwner {
    void report(RequestId id, WorkReport report);
  }

  /** Opens the device: may take minutes, and runs on a thread of its own. */
  @FunctionalInterface
  interface DeviceOpener {
    CompletionStage<ProvingDevice> open();
  }

  private static final Duration OFFER_EVERY = Duration.ofSeconds(2);
  private static final int BEATS_PER_TERM = 3;
  private static final Duration OPEN_AGAIN_AFTER = Duration.ofSeconds(30);

  private final TimerScheduler<Command> timers;
  private final FulfillerSettings settings;
  private final LeaseOwner owner;
  private final Consumer<DeviceOffer> offers;
  private final FulfillerListener listener;
  private final Clock clock;
  private final ActorRef<FulfillerMessage> self;
  private final Materializer materializer;
  private @Nullable ProvingDevice device;
  private @Nullable JobRun job;
  private final DeviceOpener opener;
  private final Rest rest = new Rest();
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
    this.opener = opener;
    this.self = context.messageAdapter(FulfillerMessage.class, Told::new);
    this.materializer = Materializer.createMaterializer(context);
    openDevice();
  }

  private void openDevice() {
    Instant start = clock.instant();
    listener.engineStarting(settings.engine().name().toLowerCase(Locale.ROOT));
    getContext()
        .pipeToSelf(
            opener.open(),
            (opened, failure) ->
                failure == null
                    ? new EngineOpened(opened, Duration.between(start, clock.instant()))
                    : new EngineFailed(JobRun.rootOf(failure)));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Command.class, this::on)
        .onSignal(PostStop.class, _ -> onStopped())
        .build();
  }

  private Behavior<Command> on(Command command) {
    switch (command) {
      case EngineOpened(ProvingDevice opened, Duration took) -> {
        device = opened;
        listener.engineReady(opened.info(), took);
        timers.startTimerWithFixedDelay(Timeout.OFFER, OFFER_EVERY);
        offer();
      }
      case EngineFailed(Throwable reason) -> {
        getContext().getLog().error("The engine did not start: {}", reason.getMessage());
        listener.engineFailed(String.valueOf(reason.getMessage()));
        // A driver or a GPU server may come up after us.
        timers.startSingleTimer(Timeout.OPEN, OPEN_AGAIN_AFTER);
      }
      case Told(FulfillerMessage message) -> onTold(message);
      case StepDone(JobRun done, JobRun.Outcome outcome) -> {
        if (done == job) {
          done.on(outcome);
        } else {
          JobRun.discard(outcome);
        }
      }
      case Timeout.HEARTBEAT -> current().ifPresent(JobRun::onBeat);
      case Timeout.OFFER -> offer();
      case Timeout.OPEN -> openDevice();
      case Stop.INSTANCE -> {
        stopping = true;
        offer();
        current().ifPresent(JobRun::giveBack);
      }
    }
    letGoOfWhatIsOver();
    return stopping && job == null ? Behaviors.stopped() : this;
  }

  private void onTold(FulfillerMessage message) {
    switch (message) {
      case Assign(Assignment assignment) -> onAssign(assignment);
      case LeaseRenewed _ -> {}
      case LeaseGone(RequestId id, long epoch) -> job(id, epoch).ifPresent(JobRun::onLeaseGone);
      case Inputs inputs -> job(inputs.id(), inputs.epoch()).ifPresent(job -> job.onInputs(inputs));
      case ProofTarget target ->
          job(target.id(), target.epoch()).ifPresent(job -> job.onTarget(target));
      case Settled(RequestId id, long epoch) -> job(id, epoch).ifPresent(JobRun::onSettled);
    }
  }

  private void onAssign(Assignment assignment) {
    if (job(assignment.id(), assignment.epoch()).isPresent()) {
      return; // told twice
    }
    if (device == null || job != null || stopping) {
      owner.report(assignment.id(), declined(assignment));
      return;
    }
    JobRun started =
        new JobRun(
            assignment,
            new JobRun.Surroundings(
                device, self, owner, listener, materializer, clock, this::whenDone));
    job = started;
    timers.startTimerWithFixedDelay(
        Timeout.HEARTBEAT, assignment.leaseTerm().dividedBy(BEATS_PER_TERM));
    offer();
    started.begin();
  }

  private GaveUp declined(Assignment assignment) {
    return new GaveUp(
        assignment.epoch(),
        FailureCause.PROVING_FAILED,
        "the fulfiller was busy",
        Fault.NONE,
        self);
  }

  private void letGoOfWhatIsOver() {
    if (job != null && job.isOver()) {
      timers.cancel(Timeout.HEARTBEAT);
      rest.after(job.isTroubled(), clock.instant());
      job = null;
      offer();
    }
  }

  private void offer() {
    if (device == null) {
      return;
    }
    Set<ProofMode> modes = EnumSet.allOf(ProofMode.class);
    Set<CircuitVersion> versions =
        Set.of(new CircuitVersion("sp1-" + device.info().circuitVersion()));
    boolean free = job == null && !stopping && rest.isOver(clock.instant());
    offers.accept(
        new DeviceOffer(settings.name(), serial++, free, versions, modes, device.warm(), self));
  }

  private Optional<JobRun> current() {
    return Optional.ofNullable(job);
  }

  private Optional<JobRun> job(RequestId id, long epoch) {
    return current().filter(j -> j.is(id, epoch));
  }

  private Behavior<Command> onStopped() {
    current()
        .ifPresent(
            job -> {
              job.giveBack();
              job.finish("given back");
            });
    if (device != null) {
      device.close();
    }
    return this;
  }

  private void whenDone(JobRun job, CompletionStage<? extends JobRun.Outcome> step) {
    getContext()
        .pipeToSelf(
            step,
            (outcome, failure) ->
                new StepDone(
                    job,
                    failure == null
                        ? outcome
                        : new JobRun.Outcome.StepFailed(JobRun.rootOf(failure))));
  }
}
