package org.privateproving.request;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Whether a request's end is so near that a poll may wait for it: a pure function.
 *
 * @param bound how long a poll may wait; zero: none does
 */
record NearEnd(Duration bound) {

  /**
   * The end is near if the proof is stored, or due before the bound; or if the order is so young
   * that the program has not been run yet, and most failures show when it is.
   *
   * @param end when the request will end, as far as one can tell
   */
  boolean isNear(State state, Optional<Instant> end, Instant now) {
    if (bound.isZero()) {
      return false;
    }
    return switch (state) {
      case State.Proved _ -> true;
      case State.Unproved unproved -> isNear(unproved.facts(), end, now);
      case State.Absent _, State.Ended _ -> false;
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
}
