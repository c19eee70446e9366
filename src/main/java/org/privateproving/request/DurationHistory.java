package org.privateproving.request;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.privateproving.domain.VkHash;
import org.privateproving.sp1.ProofMode;

/**
 * How long it took, on this server, from an order to its proof, per program and mode: what the next
 * one will take, as long as inputs and queue are of a kind. A moving average; bounded; forgotten at
 * a restart. Thread-safe.
 */
public final class DurationHistory {
  private static final int MAX_ENTRIES = 1024;
  private static final double WEIGHT_OF_LATEST = 0.5;

  private record Key(VkHash vkHash, ProofMode mode) {
    static Key of(State.Known state) {
      Order.Terms terms = state.facts().order().terms();
      return new Key(terms.vkHash(), terms.mode());
    }
  }

  private final ProvingTimes proving = new ProvingTimes();
  private final Map<Key, Double> secondsByKey =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Double> eldest) {
          return size() > MAX_ENTRIES;
        }
      };

  /** What of it devices took. */
  ProvingTimes proving() {
    return proving;
  }

  /** Takes note that a request came to its end just now. */
  synchronized void record(State state, Instant now) {
    if (state instanceof State.Known known) {
      double seconds = Duration.between(known.facts().acceptedAt(), now).toNanos() / 1e9;
      secondsByKey.merge(
          Key.of(known),
          seconds,
          // A first proof that waited for a cold key, or a queue, says little: believe a quicker
          // one.
          (mean, latest) -> latest < mean ? latest : mean + WEIGHT_OF_LATEST * (latest - mean));
    }
  }

  /** When a request will come to its end; empty if there was none like it. */
  synchronized Optional<Instant> predictEnd(State state) {
    return state instanceof State.Known known
        ? Optional.ofNullable(secondsByKey.get(Key.of(known)))
            .map(s -> known.facts().acceptedAt().plusNanos((long) (s * 1e9)))
        : Optional.empty();
  }
}
