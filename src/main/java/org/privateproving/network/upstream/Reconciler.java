package org.privateproving.network.upstream;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.privateproving.domain.CborSerializable;
import org.privateproving.network.upstream.Reconciliation.Findings;
import org.slf4j.event.Level;

/** Reconciles with the network at its start and then now and then; one per cluster. */
public final class Reconciler extends AbstractBehavior<Reconciler.Command> {

  public sealed interface Command {}

  /** Ends it when it is moved to another server. */
  public enum Stop implements Command, CborSerializable {
    INSTANCE
  }

  private enum Round implements Command {
    DUE
  }

  private record Done(Findings findings) implements Command {}

  private record Failed(Throwable failure) implements Command {}

  private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

  private final TimerScheduler<Command> timers;
  private final Supplier<CompletionStage<Findings>> round;
  private final Duration every;
  private boolean failing;

  static Behavior<Command> create(Supplier<CompletionStage<Findings>> round, Duration every) {
    return Behaviors.setup(
        context -> Behaviors.withTimers(timers -> new Reconciler(context, timers, round, every)));
  }

  private Reconciler(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      Supplier<CompletionStage<Findings>> round,
      Duration every) {
    super(context);
    this.timers = timers;
    this.round = round;
    this.every = every;
    context.getSelf().tell(Round.DUE);
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder().onMessage(Command.class, this::on).build();
  }

  private Behavior<Command> on(Command command) {
    switch (command) {
      // The next is due when this one is over, so two never overlap.
      case Round.DUE ->
          getContext()
              .pipeToSelf(
                  round.get(),
                  (findings, failure) ->
                      failure == null ? new Done(findings) : new Failed(failure));
      case Done done -> onDone(done.findings());
      case Failed failed -> onFailed(failed.failure());
      case Stop.INSTANCE -> {
        return Behaviors.stopped();
      }
    }
    return this;
  }

  /** Said once, until it succeeds again: a network may be away for hours. */
  private void onFailed(Throwable failure) {
    getContext()
        .getLog()
        .atLevel(failing ? Level.DEBUG : Level.WARN)
        .log(
            "Not reconciled with the network ({}); again every {} s",
            ShownFailure.of(failure),
            RETRY_AFTER.toSeconds());
    failing = true;
    timers.startSingleTimer(Round.DUE, RETRY_AFTER.compareTo(every) < 0 ? RETRY_AFTER : every);
  }

  private void onDone(Findings findings) {
    if (failing) {
      failing = false;
      getContext().getLog().info("Reconciles with the network again");
    }
    if (findings.adopted() + findings.failed() + findings.closed() > 0) {
      getContext().getLog().info("Reconciled with the network: {}", findings);
    }
    timers.startSingleTimer(Round.DUE, every);
  }
}
