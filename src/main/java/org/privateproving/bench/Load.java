package org.privateproving.bench;

import java.time.Duration;

/** When lives begin. */
public sealed interface Load {

  /**
   * At fixed times, whatever became of those before: waiting for a slow server is part of what is
   * measured.
   *
   * @param perSecond more than 0
   */
  record Open(double perSecond) implements Load {
    /** When the life of this number, from 0, is to begin, from the start of the load. */
    Duration startOf(long number) {
      return Duration.ofNanos(Math.round(number * 1e9 / perSecond));
    }
  }

  /**
   * As soon as an earlier one has ended.
   *
   * @param concurrency lives under way, 1 or more
   */
  record Closed(int concurrency) implements Load {}
}
