package org.privateproving.fulfiller;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
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
import org.privateproving.domain.RootCause;
import org.privateproving.fulfiller.FulfillerMessage.Assign;

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

  /**
   * Takes nothing more on, finishes what it works on, and ends.
   *
   * @param grace after which it gives that back
   */
  public record Drain(Duration grace) implements Command {}

  /** From the owner of a lease. */
  private record Told(FulfillerMessage message) implements Command {}

  private record EngineOpened(ProvingDevice device, Duration took) implements Command {}

  private record EngineFailed(Throwable reason) implements Command {}

  private record StepDone(JobRun job, StepOutcome outcome) implements Command {}

  private enum Timeout implements Command {
    HEARTBEAT,
    OFFER,
    OPEN,
    ABANDON
  }

  /** What a fulfiller talks to, and what it has to itself. */
  private record Outside(
      Workplace workplace,
      LeaseOwner owner,
      Consumer<DeviceOffer> dispatcher,
      FulfillerListener listener,
      Runnable stuck,
      Clock clock) {}

  private static final Duration OFFER_EVERY = Duration.ofSeconds(2);
  private static final int BEATS_PER_TERM = 3;
  private static final Duration OPEN_AGAIN_AFTER = Duration.ofSeconds(30);

  private final TimerScheduler<Command> timers;
  private final FulfillerSettings settings;
  private final Outside outside;
  private final JobSlot slot;
  private final DeviceOffers offers;
  private @Nullable ProvingDevice device;
  private boolean stopping;

  /**
   * @param workplace what it finds there it goes on with; what it works on when it ends, though
   *     nobody told it to stop, it leaves there
   * @param dispatcher where to say what the device offers
   * @param stuck called when the device does not come back from work that nobody wants any more;
   *     must not block
   */
  public static Behavior<Command> create(
      FulfillerSettings settings,
      Workplace workplace,
      LeaseOwner owner,
      Consumer<DeviceOffer> dispatcher,
      FulfillerListener listener,
      Runnable stuck,
      Clock clock) {
    Outside outside = new Outside(workplace, owner, dispatcher, listener, stuck, clock);
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(timers -> new Fulfiller(context, timers, settings, outside)));
  }

  private Fulfiller(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      FulfillerSettings settings,
      Outside outside) {
    super(context);
    this.timers = timers;
    this.settings = settings;
    this.outside = outside;
    ActorRef<FulfillerMessage> self = context.messageAdapter(FulfillerMessage.class, Told::new);
    this.offers = new DeviceOffers(settings.name(), self, outside.dispatcher(), outside.clock());
    this.slot =
        new JobSlot(
            new JobSurroundings(
                self,
                outside.owner(),
                outside.listener(),
                Materializer.createMaterializer(context),
                outside.clock(),
                this::whenDone));
    openDevice();
  }

  private void openDevice() {
    Clock clock = outside.clock();
    Instant start = clock.instant();
    if (!outside.workplace().isOpen()) {
      outside.listener().engineStarting(settings.engine().name().toLowerCase(Locale.ROOT));
    }
    getContext()
        .pipeToSelf(
            outside.workplace().device(),
            (opened, failure) ->
                failure == null
                    ? new EngineOpened(opened, Duration.between(start, clock.instant()))
                    : new EngineFailed(RootCause.of(failure)));
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
      case EngineOpened(ProvingDevice opened, Duration took) -> onOpened(opened, took);
      case EngineFailed(Throwable reason) -> onEngineFailed(String.valueOf(reason.getMessage()));
      case Told(FulfillerMessage message) -> onTold(message);
      case StepDone(JobRun job, StepOutcome outcome) -> slot.tell(job, outcome);
      case Timeout.HEARTBEAT -> slot.current().ifPresent(JobRun::onBeat);
      case Timeout.OFFER -> offer();
      case Timeout.OPEN -> openDevice();
      case Timeout.ABANDON -> abandon();
      case Drain(Duration grace) -> drain(grace);
      case Stop.INSTANCE -> {
        stopping = true;
        offer();
        slot.current().ifPresent(JobRun::giveBack);
      }
    }
    letGoOfWhatIsOver();
    return stopping && slot.isEmpty() ? Behaviors.stopped() : this;
  }

  private void drain(Duration grace) {
    stopping = true;
    offer();
    slot.current()
        .ifPresent(
            job -> {
              getContext()
                  .getLog()
                  .info("Draining: {} may take {} s more", job.id(), grace.toSeconds());
              timers.startSingleTimer(Stop.INSTANCE, grace);
            });
  }

  private void onOpened(ProvingDevice opened, Duration took) {
    device = opened;
    outside.listener().engineReady(opened.info(), took);
    timers.startTimerWithFixedDelay(Timeout.OFFER, OFFER_EVERY);
    outside.workplace().takeUp().ifPresent(job -> goOn(opened, job));
    offer();
  }

  private void goOn(ProvingDevice opened, UnfinishedJob unfinished) {
    JobRun job = slot.takeUp(unfinished, opened);
    startBeating(unfinished.assignment());
    job.goOn(unfinished);
    watchWhatIsInVain();
  }

  private void onEngineFailed(String reason) {
    getContext().getLog().error("The engine did not start: {}", reason);
    outside.listener().engineFailed(reason);
    // A driver or a GPU server may come up after us.
    timers.startSingleTimer(Timeout.OPEN, OPEN_AGAIN_AFTER);
  }

  private void onTold(FulfillerMessage message) {
    if (message instanceof Assign(Assignment assignment)) {
      slot.assign(assignment, stopping ? null : device).ifPresent(job -> begin(job, assignment));
    } else {
      slot.tell(message);
      watchWhatIsInVain();
    }
  }

  /** The lease is lost, and the device goes on: it may be done soon, or never. */
  private void watchWhatIsInVain() {
    if (slot.current().filter(JobRun::isInVain).isPresent()
        && !timers.isTimerActive(Timeout.ABANDON)) {
      timers.startSingleTimer(Timeout.ABANDON, settings.abandonAfter());
    }
  }

  /** A prover cannot be interrupted, so whoever can has to end the process. */
  private void abandon() {
    slot.current()
        .filter(JobRun::isInVain)
        .ifPresent(
            job -> {
              getContext()
                  .getLog()
                  .error(
                      "The device has gone on with {} for {} s after its lease was lost",
                      job.id(),
                      settings.abandonAfter().toSeconds());
              outside.stuck().run();
            });
  }

  private void begin(JobRun job, Assignment assignment) {
    startBeating(assignment);
    offer();
    job.begin();
  }

  private void startBeating(Assignment assignment) {
    timers.startTimerWithFixedDelay(
        Timeout.HEARTBEAT, assignment.leaseTerm().dividedBy(BEATS_PER_TERM));
  }

  private void whenDone(JobRun job, CompletionStage<StepOutcome> step) {
    getContext()
        .pipeToSelf(
            step,
            (outcome, failure) ->
                new StepDone(
                    job,
                    failure == null ? outcome : new StepOutcome.StepFailed(RootCause.of(failure))));
  }

  private void letGoOfWhatIsOver() {
    slot.takeWhatIsOver()
        .ifPresent(
            job -> {
              timers.cancel(Timeout.HEARTBEAT);
              timers.cancel(Timeout.ABANDON);
              offers.restAfter(job.isTroubled());
              offer();
            });
  }

  private void offer() {
    if (device != null) {
      offers.say(device, slot.isEmpty() && !stopping);
    }
  }

  private Behavior<Command> onStopped() {
    if (stopping) {
      slot.current().ifPresent(JobRun::abandon);
      outside.workplace().close();
    } else {
      slot.current().flatMap(JobRun::putAside).ifPresent(outside.workplace()::leave);
    }
    return this;
  }
}
