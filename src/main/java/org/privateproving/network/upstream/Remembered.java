package org.privateproving.network.upstream;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** An answer of the network's that need not be asked for each time. Thread-safe. */
final class Remembered<T> {
  private static final Duration DOUBTFUL_FOR = Duration.ofMinutes(1);

  private record Answer<T>(T value, Instant until) {}

  private final InstantSource clock;
  private volatile @Nullable Answer<T> answer;

  Remembered(InstantSource clock) {
    this.clock = clock;
  }

  /** Null: it is to be asked for. */
  @Nullable T get() {
    Answer<T> known = answer;
    return known != null && clock.instant().isBefore(known.until()) ? known.value() : null;
  }

  /**
   * @param certain for ever, else for a while
   */
  void remember(T value, boolean certain) {
    answer = new Answer<>(value, certain ? Instant.MAX : clock.instant().plus(DOUBTFUL_FOR));
  }
}
