package org.privateproving.request;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * How long a request waits, after an attempt that failed, until it is offered to devices again:
 * what brought one of them down gets no chance to bring them all down at once. A pure function.
 *
 * @param pauses after the first failed attempt, the second, and so on; the last holds for all that
 *     follow; none: no pauses
 */
record RetryPauses(List<Duration> pauses) {
  /** Each pause is longer or shorter by up to this part, so that not all come back at once. */
  private static final double JITTER = 0.2;

  RetryPauses {
    pauses = List.copyOf(pauses);
  }

  /**
   * From when on it is offered; empty: at once.
   *
   * @param attempts that have failed by now, 1 or more
   */
  Optional<Instant> over(Order order, int attempts, Instant now) {
    if (pauses.isEmpty()) {
      return Optional.empty();
    }
    Duration pause = pauses.get(Math.min(attempts, pauses.size()) - 1);
    long seed = order.terms().stdin().hashCode() + 31L * attempts;
    double factor = new SplittableRandom(seed).nextDouble(1 - JITTER, 1 + JITTER);
    return Optional.of(now.plusMillis((long) (pause.toMillis() * factor)));
  }
}
