package org.privateproving.request;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.privateproving.domain.Address;

/**
 * How many unproved requests there are in the cluster, and whose. Counted in the read side at most
 * once a second; what this server takes on meanwhile is added. So the count lacks what the other
 * servers took on within that second, and no more. Thread-safe.
 */
final class OpenRequests {
  private static final Duration GOOD_FOR = Duration.ofSeconds(1);

  /** As of some moment. */
  static final class Counts {
    private final Instant at;
    private final Map<Address, Integer> byRequester = new HashMap<>();
    private int total;

    private Counts(Instant at) {
      this.at = at;
    }

    synchronized int total() {
      return total;
    }

    synchronized int of(Address requester) {
      return byRequester.getOrDefault(requester, 0);
    }

    /** Requests that are taken on now, or were counted. */
    synchronized void add(Address requester, int requests) {
      byRequester.merge(requester, requests, Integer::sum);
      total += requests;
    }
  }

  private final Backlog backlog;
  private final Clock clock;
  private @Nullable CompletableFuture<Counts> latest;

  OpenRequests(Backlog backlog, Clock clock) {
    this.backlog = backlog;
    this.clock = clock;
  }

  synchronized CompletionStage<Counts> count() {
    if (latest == null || isOver(latest)) {
      latest = begin();
    }
    return latest;
  }

  /** A count that is under way serves all who come meanwhile. */
  private boolean isOver(CompletableFuture<Counts> count) {
    return count.isDone()
        && (count.isCompletedExceptionally()
            || count.join().at.plus(GOOD_FOR).isBefore(clock.instant()));
  }

  private CompletableFuture<Counts> begin() {
    Counts counts = new Counts(clock.instant());
    return backlog
        .requesters()
        .thenApply(
            requesters -> {
              requesters.forEach(r -> counts.add(r.address(), r.unproved()));
              return counts;
            })
        .toCompletableFuture();
  }
}
