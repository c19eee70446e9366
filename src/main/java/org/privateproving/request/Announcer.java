package org.privateproving.request;

import java.time.Clock;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;
import org.privateproving.dispatch.Dispatcher;
import org.privateproving.dispatch.LocalQueue;
import org.privateproving.dispatch.WaitingRequest;
import org.privateproving.domain.RequestId;
import org.privateproving.request.RequestCommand.Timeout;

/**
 * Tells the dispatcher that a request waits, once its pause is over, and that it waits no longer.
 * In between the server's queue speaks for it, as the dispatcher keeps nothing. Confined to the
 * actor.
 */
final class Announcer {
  private final RequestId id;
  private final ActorRef<Dispatcher.Command> dispatcher;
  private final LocalQueue queue;
  private final Alarms alarms;
  private final Clock clock;
  private boolean announced;

  /**
   * @param queue of this server
   */
  Announcer(
      RequestId id,
      ActorRef<Dispatcher.Command> dispatcher,
      LocalQueue queue,
      Alarms alarms,
      Clock clock) {
    this.id = id;
    this.dispatcher = dispatcher;
    this.queue = queue;
    this.alarms = alarms;
    this.clock = clock;
  }

  /** To be called again at {@link Timeout#ANNOUNCE}; more often does no harm. */
  void announce(State.Queued queued) {
    if (queued.rests(clock.instant())) {
      queued.notBefore().ifPresent(over -> alarms.at(Timeout.ANNOUNCE, over));
    } else if (!announced) {
      announced = true;
      WaitingRequest request = waiting(queued);
      queue.add(request);
      dispatcher.tell(new Dispatcher.Waiting(request));
    }
  }

  /** Takes back what was announced, if anything was. */
  void stop() {
    alarms.cancel(Timeout.ANNOUNCE);
    if (announced) {
      dispatcher.tell(new Dispatcher.NotWaiting(id));
    }
    leave();
  }

  /**
   * The actor ends on this server. The dispatcher is told nothing: the request still waits, and
   * goes on elsewhere.
   */
  void leave() {
    announced = false;
    queue.remove(id);
  }

  /** For a dispatcher that thinks that the request waits. */
  void decline(String fulfiller) {
    dispatcher.tell(new Dispatcher.Declined(id, fulfiller));
  }

  private WaitingRequest waiting(State.Queued queued) {
    Order order = queued.facts().order();
    Order.Terms terms = order.terms();
    return new WaitingRequest(
        id,
        order.requester(),
        terms.vkHash(),
        terms.version(),
        terms.mode(),
        queued.facts().acceptedAt(),
        terms.deadline(),
        Optional.empty());
  }
}
