package org.privateproving.request;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;
import org.privateproving.domain.RequestId;
import org.privateproving.request.RequestCommand.Answer;
import org.privateproving.request.RequestCommand.Timeout;

/**
 * Status polls that wait for the end of their request, so that the two seconds that the SDK sleeps
 * between polls cost its user nothing. Only polls that come when the end is near are held, and only
 * for a bounded time: a call in flight is what a crash of ours would cut. Confined to the actor.
 */
final class HeldPolls {
  private static final int MAX_HELD = 16;

  private final RequestId id;
  private final NearEnd near;
  private final DurationHistory durations;
  private final Alarms alarms;
  private final Clock clock;
  private final List<ActorRef<Answer>> held = new ArrayList<>();

  HeldPolls(RequestId id, NearEnd near, DurationHistory durations, Alarms alarms, Clock clock) {
    this.id = id;
    this.near = near;
    this.durations = durations;
    this.alarms = alarms;
    this.clock = clock;
  }

  /**
   * Holds the poll if the end is near and there is room; says whether it did. If not, the caller
   * answers it. One that is held already, and was sent again, stays held. {@link Timeout#HOLD_OVER}
   * tells when all are to be answered.
   */
  boolean hold(State state, ActorRef<Answer> replyTo) {
    if (held.contains(replyTo)) {
      return true;
    }
    if (held.size() == MAX_HELD
        || !near.isNear(state, durations.predictEnd(state), clock.instant())) {
      return false;
    }
    held.add(replyTo);
    if (!alarms.isSet(Timeout.HOLD_OVER)) {
      alarms.after(Timeout.HOLD_OVER, near.bound());
    }
    return true;
  }

  void answerAll(State state) {
    alarms.cancel(Timeout.HOLD_OVER);
    Answer answer = Answer.of(id, state);
    held.forEach(replyTo -> replyTo.tell(answer));
    held.clear();
  }
}
