package org.privateproving.request;

import org.apache.pekko.actor.typed.ActorRef;
import org.privateproving.dispatch.Dispatcher;
import org.privateproving.dispatch.WaitingRequest;
import org.privateproving.domain.RequestId;
import org.privateproving.request.RequestCommand.Timeout;

/**
 * Tells the dispatcher that a request waits, again and again, since the dispatcher keeps nothing;
 * and once that it waits no longer. Confined to the actor.
 */
final class Announcer {
  private final RequestId id;
  private final ActorRef<Dispatcher.Command> dispatcher;
  private final Alarms alarms;

  Announcer(RequestId id, ActorRef<Dispatcher.Command> dispatcher, Alarms alarms) {
    this.id = id;
    this.dispatcher = dispatcher;
    this.alarms = alarms;
  }

  /** To be called again at {@link Timeout#ANNOUNCE}. */
  void announce(State.Queued queued) {
    Order order = queued.facts().order();
    Order.Terms terms = order.terms();
    dispatcher.tell(
        new Dispatcher.Waiting(
            new WaitingRequest(
                id,
                order.requester(),
                terms.vkHash(),
                terms.version(),
                terms.mode(),
                queued.facts().acceptedAt(),
                terms.deadline())));
    alarms.after(Timeout.ANNOUNCE, Dispatcher.REPEAT_EVERY);
  }

  /** Takes back what was announced, if anything was. */
  void stop() {
    if (alarms.isSet(Timeout.ANNOUNCE)) {
      alarms.cancel(Timeout.ANNOUNCE);
      deny();
    }
  }

  /** For a dispatcher that thinks otherwise. */
  void deny() {
    dispatcher.tell(new Dispatcher.NotWaiting(id));
  }
}
