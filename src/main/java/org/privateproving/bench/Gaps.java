package org.privateproving.bench;

import java.time.Duration;

/**
 * The longest time in which something did not happen: as long as an outage, and one ordinary pause
 * at most. Any thread.
 */
final class Gaps {
  private final long start;
  private boolean any;
  private long last;
  private long longest;
  private long longestFrom;

  /**
   * @param start on the clock that the marks are of
   */
  Gaps(long start) {
    this.start = start;
  }

  synchronized void mark(long now) {
    if (any && now - last > longest) {
      longest = now - last;
      longestFrom = last;
    }
    if (!any || now - last > 0) {
      last = now;
    }
    any = true;
  }

  /** Between two marks; none yet: zero. */
  synchronized Duration longest() {
    return Duration.ofNanos(longest);
  }

  /** When the longest began, from the start. */
  synchronized Duration longestFrom() {
    return Duration.ofNanos(longest == 0 ? 0 : longestFrom - start);
  }
}
