package org.privateproving.dispatch;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.privateproving.domain.RequestId;

/**
 * Every request that is known to wait: in the queue, or held back since it was just proposed.
 * Confined to the dispatcher.
 */
final class Waiters {
  /** A request that no server has shown for so long waits no more. */
  static final Duration FORGET_AFTER = RollCall.ROUND.multipliedBy(3);

  private final WaitingQueue queue = new WaitingQueue();
  // Whoever was heard of last comes last.
  private final Map<RequestId, Waiter> known = new LinkedHashMap<>();
  // Not in the queue until then.
  private final Map<RequestId, Instant> heldBack = new HashMap<>();

  WaitingQueue queue() {
    return queue;
  }

  int size() {
    return known.size();
  }

  void heard(WaitingRequest request, Instant now) {
    Waiter waiter = known.remove(request.id());
    if (waiter == null) {
      waiter = new Waiter(request, now);
      queue.add(waiter);
    }
    waiter.heard(now);
    known.put(request.id(), waiter);
  }

  void remove(RequestId id) {
    Waiter waiter = known.remove(id);
    if (waiter != null && heldBack.remove(id) == null) {
      queue.remove(waiter);
    }
  }

  void propose(Waiter waiter, Instant now, Duration holdBack) {
    queue.begin(waiter, now);
    heldBack.put(waiter.request().id(), now.plus(holdBack));
  }

  /** Those that are held back no longer wait again, and who fell silent is forgotten. */
  void tick(Instant now) {
    heldBack
        .entrySet()
        .removeIf(
            held -> {
              boolean over = !now.isBefore(held.getValue());
              if (over) {
                queue.add(Objects.requireNonNull(known.get(held.getKey())));
              }
              return over;
            });
    Instant silentSince = now.minus(FORGET_AFTER);
    while (!known.isEmpty()) {
      Waiter eldest = known.values().iterator().next();
      if (!eldest.heardAt().isBefore(silentSince)) {
        break;
      }
      remove(eldest.request().id());
    }
    queue.forgetTheIdle(now);
  }
}
