package org.privateproving.request;

import java.time.Duration;

/**
 * Whether a request can be proved by its deadline: a pure function, and an optimistic one. It
 * reckons with the fastest proof of the kind that was seen, with every device that could do it, and
 * with nobody's requests but the requester's own: what misses the deadline by that misses it.
 *
 * @param left until the deadline
 * @param fastest the shortest time that a proof of this program and mode took
 * @param devices how many there are for it; 0: not known
 */
record Outlook(Duration left, Duration fastest, int devices) {

  /**
   * @param ahead requests of the requester, for the same, that come first
   */
  boolean isGood(int ahead) {
    // A device begins one more when it has done its part of those ahead.
    int rounds = devices == 0 ? 1 : ahead / devices + 1;
    return fastest.multipliedBy(rounds).compareTo(left) <= 0;
  }

  String refusal(int ahead) {
    String others =
        ahead == 0 || devices == 0 ? "" : ", and " + ahead + " like it of yours are due before it";
    return "deadline: in "
        + Math.max(0, left.toSeconds())
        + " s, but a proof of this program takes "
        + Math.max(1, fastest.toSeconds())
        + " s or more here"
        + others
        + "; give it a later one";
  }
}
