package org.privateproving.request;

import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.privateproving.dispatch.LocalQueue;
import org.privateproving.domain.Address;
import org.privateproving.domain.Refusal;
import org.privateproving.domain.Refusal.Reason;

/**
 * Whether a new order is taken on: whether there is room for it, and whether it can be done in
 * time. What it refuses is refused for good, so that clients do not come again and again while
 * there is too much already; so it refuses only what is certain. Thread-safe.
 */
final class Doorkeeper {
  private final AdmissionSettings settings;
  private final Backlog backlog;
  private final OpenRequests open;
  private final ProvingTimes times;
  private final LocalQueue queue;
  private final Clock clock;

  Doorkeeper(Surroundings around) {
    this.settings = around.settings().admission();
    this.backlog = around.index().backlog();
    this.open = new OpenRequests(backlog, around.clock());
    this.times = around.durations().proving();
    this.queue = around.queue();
    this.clock = around.clock();
  }

  /** Fails with a FAILED_PRECONDITION {@link Refusal}. */
  CompletionStage<Void> admit(Address requester, Order.Terms terms) {
    return open.count()
        .thenCompose(
            counts -> {
              requireRoom(counts, requester);
              return requireTime(counts, requester, terms)
                  .thenAccept(_ -> counts.add(requester, 1));
            });
  }

  private void requireRoom(OpenRequests.Counts counts, Address requester) {
    if (counts.of(requester) >= settings.maxWaitingPerRequester()) {
      throw refusal(
          settings.maxWaitingPerRequester()
              + " of your requests wait for their proofs here, and no more are taken on at once;"
              + " request it again when some are done");
    }
    if (counts.total() >= settings.maxWaiting()) {
      throw refusal(
          settings.maxWaiting()
              + " requests wait for their proofs here, and no more are taken on; request it again"
              + " later");
    }
  }

  private CompletionStage<Void> requireTime(
      OpenRequests.Counts counts, Address requester, Order.Terms terms) {
    Optional<Duration> fastest =
        settings.refuseHopeless() ? times.fastest(terms) : Optional.empty();
    if (fastest.isEmpty()) {
      return CompletableFuture.completedStage(null);
    }
    int devices = queue.devicesFor(terms.version(), terms.mode());
    var outlook =
        new Outlook(Duration.between(clock.instant(), terms.deadline()), fastest.get(), devices);
    if (outlook.isGood(counts.of(requester))) {
      return CompletableFuture.completedStage(null);
    }
    return backlog
        .ahead(requester, terms)
        .thenAccept(
            ahead -> {
              if (!outlook.isGood(ahead)) {
                throw refusal(outlook.refusal(ahead));
              }
            });
  }

  private static Refusal refusal(String message) {
    return new Refusal(Reason.FAILED_PRECONDITION, message);
  }
}
