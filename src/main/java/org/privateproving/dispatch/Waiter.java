package org.privateproving.dispatch;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;

/** A request in the queue, and how it has fared there. Confined to the dispatcher. */
final class Waiter {
  /** How often another request of its requester may go first, because its key is warm. */
  static final int MAX_PASSES = 3;

  /** No request goes first that could make this one miss its deadline. */
  static final Duration SLACK = Duration.ofMinutes(10);

  static final Comparator<Waiter> BY_DEADLINE =
      Comparator.<Waiter, Instant>comparing(w -> w.request.deadline())
          .thenComparing(w -> w.request.acceptedAt())
          .thenComparing(w -> w.request.id().hex());

  private final WaitingRequest request;
  private Instant heardAt;
  private int passes;

  Waiter(WaitingRequest request, Instant heardAt) {
    this.request = request;
    this.heardAt = heardAt;
  }

  WaitingRequest request() {
    return request;
  }

  Instant heardAt() {
    return heardAt;
  }

  void heard(Instant now) {
    heardAt = now;
  }

  /** Another one went first. */
  void passed() {
    passes++;
  }

  boolean mayBePassed(Instant now) {
    return passes < MAX_PASSES && request.deadline().isAfter(now.plus(SLACK));
  }
}
