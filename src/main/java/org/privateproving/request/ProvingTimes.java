package org.privateproving.request;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.privateproving.domain.VkHash;
import org.privateproving.sp1.ProofMode;

/**
 * How long devices took, from lease to proof, per program and mode: the latest few, on this server,
 * since it started. Bounded. Thread-safe.
 */
final class ProvingTimes {
  private static final int MAX_PROGRAMS = 1024;
  private static final int KEPT = 16;

  /** Fewer than that say nothing. */
  static final int SOLID = 3;

  private record Key(VkHash vkHash, ProofMode mode) {
    static Key of(Order.Terms terms) {
      return new Key(terms.vkHash(), terms.mode());
    }
  }

  private final Map<Key, Deque<Duration>> times =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Deque<Duration>> eldest) {
          return size() > MAX_PROGRAMS;
        }
      };

  synchronized void record(Order.Terms terms, Duration took) {
    Deque<Duration> latest = times.computeIfAbsent(Key.of(terms), _ -> new ArrayDeque<>(KEPT + 1));
    latest.addLast(took);
    if (latest.size() > KEPT) {
      latest.removeFirst();
    }
  }

  /** The shortest of them; empty until there are enough to go by. */
  synchronized Optional<Duration> fastest(Order.Terms terms) {
    Deque<Duration> latest = times.getOrDefault(Key.of(terms), new ArrayDeque<>());
    return latest.size() < SOLID
        ? Optional.empty()
        : latest.stream().min(Comparator.naturalOrder());
  }
}
