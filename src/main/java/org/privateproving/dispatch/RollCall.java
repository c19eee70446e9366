package org.privateproving.dispatch;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.privateproving.domain.CborSerializable;
import org.privateproving.domain.RequestId;

/**
 * Shows the dispatcher what waits on this server; one per server.
 *
 * <p>Every second it sends the next part of the {@link LocalQueue}, so that all of it has been
 * shown within {@link #ROUND}; that makes good whatever message was lost. A dispatcher that has not
 * heard of this server, since it has just started, says so, and is shown everything at once, page
 * after page as it takes them. So a hundred thousand waiting requests cost a few messages a second,
 * and a new dispatcher knows them after two.
 */
public final class RollCall extends AbstractBehavior<RollCall.Command> {

  public sealed interface Command {}

  /**
   * The dispatcher has taken a page.
   *
   * @param known whether it had heard of this server before
   * @param devices of the cluster
   */
  record Heard(boolean known, List<DeviceGroup> devices) implements Command, CborSerializable {}

  enum Tick implements Command {
    INSTANCE
  }

  static final Duration EVERY = Duration.ofSeconds(1);

  /** How long it may take until everything was shown again. */
  static final Duration ROUND = Duration.ofSeconds(60);

  /** Requests in a message: some 150 KiB. */
  static final int PAGE = 500;

  private final LocalQueue queue;
  private final ActorRef<Dispatcher.Command> dispatcher;
  private Optional<RequestId> shown = Optional.empty();
  // Whether everything from the first request on is being shown without a pause.
  private boolean hurrying;

  public static Behavior<Command> create(
      LocalQueue queue, ActorRef<Dispatcher.Command> dispatcher) {
    return Behaviors.<Command>supervise(
            Behaviors.setup(
                context ->
                    Behaviors.withTimers(
                        timers -> new RollCall(context, timers, queue, dispatcher))))
        .onFailure(SupervisorStrategy.restart());
  }

  private RollCall(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      LocalQueue queue,
      ActorRef<Dispatcher.Command> dispatcher) {
    super(context);
    this.queue = queue;
    this.dispatcher = dispatcher;
    timers.startTimerWithFixedDelay(Tick.INSTANCE, EVERY);
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder().onMessage(Command.class, this::on).build();
  }

  private Behavior<Command> on(Command command) {
    switch (command) {
      case Tick.INSTANCE -> {
        // While hurrying too: a page or its answer may have been lost.
        for (int i = pagesPerTick(); i > 0; i--) {
          showNext();
        }
      }
      case Heard(boolean known, List<DeviceGroup> devices) -> {
        queue.heard(devices);
        if (!known) {
          hurrying = true;
          shown = Optional.empty();
        }
        if (hurrying) {
          showNext();
        }
      }
    }
    return this;
  }

  private int pagesPerTick() {
    long perRound = (long) PAGE * ROUND.toSeconds();
    return (int) (queue.size() / perRound) + 1;
  }

  /** An empty page is a sign of life, too. */
  private void showNext() {
    List<WaitingRequest> page = queue.page(shown, PAGE);
    boolean last = page.size() < PAGE;
    hurrying = hurrying && !last;
    shown = last ? Optional.empty() : Optional.of(page.getLast().id());
    dispatcher.tell(new Dispatcher.StillWaiting(page, getContext().getSelf()));
  }
}
