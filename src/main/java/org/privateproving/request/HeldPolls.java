package org.privateproving.request;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;
import org.privateproving.request.RequestCommand.Answer;

/**
 * Status polls that wait for the end of their request, so that the two seconds that the SDK sleeps
 * between polls cost its user nothing. Only polls that come when the end is near are held, and only
 * for a bounded time: a call in flight is what a crash of ours would cut. Confined to the actor.
 */
final class HeldPolls {
  private static final int MAX_HELD = 16;

  private final Duration bound;
  private final List<ActorRef<Answer>> held = new ArrayList<>();

  HeldPolls(Duration bound) {
    this.bound = bound;
  }

  boolean hasRoom() {
    return held.size() < MAX_HELD;
  }

  /**
   * Whether the end is near in this state: the proof is stored, or due before the bound; or the
   * order is so young that the program has not been run yet, and most failures show when it is.
   *
   * @param end when the request will end, as far as one can tell
   */
  boolean isNear(State state, Optional<Instant> end, Instant now) {
    if (bound.isZero()) {
      return false;
    }
    return switch (state) {
      case State.Proved _ -> true;
      case State.Queued(State.Facts facts) -> isNear(facts, end, now);
      case State.Leased(State.Facts facts, State.Lease _) -> isNear(facts, end, now);
      case State.Absent _, State.Fulfilled _, State.Failed _, State.Expired _ -> false;
    };
  }

  private boolean isNear(State.Facts facts, Optional<Instant> end, Instant now) {
    boolean aboutToRun =
        facts.execution().isEmpty() && now.isBefore(facts.acceptedAt().plus(bound));
    // A prediction that has passed by more than the bound was wrong: it says nothing any more.
    boolean aboutToEnd =
        end.isPresent()
            && end.get().isBefore(now.plus(bound))
            && end.get().isAfter(now.minus(bound));
    return aboutToRun || aboutToEnd;
  }

  void hold(ActorRef<Answer> replyTo) {
    held.add(replyTo);
  }

  Duration bound() {
    return bound;
  }

  void answerAll(Answer answer) {
    held.forEach(replyTo -> replyTo.tell(answer));
    held.clear();
  }
}
