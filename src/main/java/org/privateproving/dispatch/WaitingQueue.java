package org.privateproving.dispatch;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.privateproving.domain.Address;

/**
 * The requests that wait, indexed so that a decision looks at a handful of them however many there
 * are. Confined to the dispatcher.
 *
 * <p>Each requester has a lane per need, sorted by deadline; each need has its lanes, sorted by
 * whose turn it is. What the order of lanes hangs on (shares, first requests) changes only between
 * {@link #takeOut} and {@link #putBack}: every change costs a few steps in balanced trees, for the
 * lanes of one requester.
 */
final class WaitingQueue {
  /** For so long a requester that has nothing here keeps its turn. */
  private static final Duration REMEMBERED = Duration.ofMinutes(10);

  private final Map<Address, Share> shares = new HashMap<>();
  private final Map<Need, TreeSet<Lane>> lanes = new HashMap<>();
  private long turnServed;
  private int size;

  int size() {
    return size;
  }

  /** The lane that comes first, for each need that anybody has. */
  Collection<Lane> firstLanes() {
    return lanes.values().stream().map(TreeSet::first).toList();
  }

  /**
   * @param waiter not in the queue
   */
  void add(Waiter waiter) {
    Share share = share(waiter.request().requester());
    if (share.lanes().isEmpty()) {
      share.join(turnServed);
    }
    Need need = Need.of(waiter.request());
    Lane lane =
        share.lanes().stream()
            .filter(known -> known.need().equals(need))
            .findFirst()
            .orElseGet(() -> newLane(share, need));
    takeOut(List.of(lane));
    lane.add(waiter);
    putBack(List.of(lane));
    size++;
  }

  /**
   * @param waiter in the queue
   */
  void remove(Waiter waiter) {
    Lane lane = laneOf(waiter);
    takeOut(List.of(lane));
    lane.remove(waiter);
    size--;
    if (lane.isEmpty()) {
      lane.share().lanes().remove(lane);
    } else {
      putBack(List.of(lane));
    }
  }

  /** A device begins with this one, which leaves the queue; whoever it passes takes note. */
  void begin(Waiter waiter, Instant now) {
    Lane lane = laneOf(waiter);
    if (lane.first() != waiter) {
      lane.first().passed();
    }
    remove(waiter);
    Share share = lane.share();
    takeOut(share.lanes());
    turnServed = Math.max(turnServed, share.turn());
    share.begin(turnServed, now);
    putBack(share.lanes());
  }

  /** A device no longer works for this requester. */
  void end(Address requester) {
    Share share = share(requester);
    takeOut(share.lanes());
    share.end();
    putBack(share.lanes());
  }

  /** Forgets requesters that have had nothing here for a while. */
  void forgetTheIdle(Instant now) {
    Instant since = now.minus(REMEMBERED);
    shares.values().removeIf(share -> share.isIdleSince(since));
  }

  private Share share(Address requester) {
    return shares.computeIfAbsent(requester, _ -> new Share(turnServed));
  }

  private Lane laneOf(Waiter waiter) {
    Need need = Need.of(waiter.request());
    return share(waiter.request().requester()).lanes().stream()
        .filter(lane -> lane.need().equals(need))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("not in the queue"));
  }

  private static Lane newLane(Share share, Need need) {
    Lane lane = new Lane(share, need);
    share.lanes().add(lane);
    return lane;
  }

  private void takeOut(Collection<Lane> changing) {
    for (Lane lane : changing) {
      if (!lane.isEmpty()) {
        lanes.computeIfPresent(
            lane.need(),
            (_, sorted) -> {
              sorted.remove(lane);
              return sorted.isEmpty() ? null : sorted;
            });
      }
    }
  }

  private void putBack(Collection<Lane> changed) {
    for (Lane lane : changed) {
      lanes.computeIfAbsent(lane.need(), _ -> new TreeSet<>(Lane.FAIR)).add(lane);
    }
  }
}
