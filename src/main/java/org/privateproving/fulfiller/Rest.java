package org.privateproving.fulfiller;

import java.time.Duration;
import java.time.Instant;

/**
 * How long a device offers nothing after jobs that went wrong through no fault of their own: longer
 * each time in a row, so that a broken device does not use up every request's attempts in seconds
 * while healthy ones stand beside it.
 */
final class Rest {
  private static final Duration FIRST = Duration.ofSeconds(2);
  private static final Duration LONGEST = Duration.ofMinutes(5);
  private static final int MOST_DOUBLINGS = 8;

  private int troublesInARow;
  private Instant until = Instant.EPOCH;

  void after(boolean trouble, Instant now) {
    if (!trouble) {
      troublesInARow = 0;
      return;
    }
    Duration doubled = FIRST.multipliedBy(1L << Math.min(troublesInARow, MOST_DOUBLINGS));
    troublesInARow++;
    until = now.plus(doubled.compareTo(LONGEST) < 0 ? doubled : LONGEST);
  }

  boolean isOver(Instant now) {
    return !now.isBefore(until);
  }
}
