package org.privateproving.dispatch;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.privateproving.domain.VkHash;

/**
 * The waiting requests of one requester that need the same of a device, the earliest deadline
 * first, and by program. Confined to the dispatcher.
 */
final class Lane {
  /**
   * Who comes first: whoever has fewer devices at work, then whose turn it is, then the earliest
   * deadline. Lanes that are compared are not empty.
   */
  static final Comparator<Lane> FAIR =
      Comparator.<Lane>comparingInt(lane -> lane.share.atWork())
          .thenComparingLong(lane -> lane.share.turn())
          .thenComparing(Lane::first, Waiter.BY_DEADLINE);

  private final Share share;
  private final Need need;
  private final TreeSet<Waiter> all = new TreeSet<>(Waiter.BY_DEADLINE);
  private final Map<VkHash, TreeSet<Waiter>> byProgram = new HashMap<>(1);

  Lane(Share share, Need need) {
    this.share = share;
    this.need = need;
  }

  Share share() {
    return share;
  }

  Need need() {
    return need;
  }

  boolean isEmpty() {
    return all.isEmpty();
  }

  /** The earliest deadline. */
  Waiter first() {
    return all.first();
  }

  /** The earliest deadline among the requests for this program. */
  Optional<Waiter> first(VkHash program) {
    return Optional.ofNullable(byProgram.get(program)).map(SortedSet::first);
  }

  void add(Waiter waiter) {
    all.add(waiter);
    byProgram
        .computeIfAbsent(waiter.request().vkHash(), _ -> new TreeSet<>(Waiter.BY_DEADLINE))
        .add(waiter);
  }

  void remove(Waiter waiter) {
    all.remove(waiter);
    byProgram.computeIfPresent(
        waiter.request().vkHash(),
        (_, waiters) -> {
          waiters.remove(waiter);
          return waiters.isEmpty() ? null : waiters;
        });
  }
}
