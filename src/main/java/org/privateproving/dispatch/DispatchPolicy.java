package org.privateproving.dispatch;

import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.privateproving.fulfiller.DeviceOffer;

/**
 * Who gets which device: a pure function of what waits, what is free and what time it is.
 *
 * <ol>
 *   <li>Whose turn it is: the requester with the fewest devices at work; among equals who has begun
 *       fewest in this round; among equals the earliest deadline. So between two requests of a
 *       requester, everybody else who waits begins one, however many it has.
 *   <li>Which of its requests: the earliest deadline. One whose key is warm on a free device may go
 *       before it, at most {@link Waiter#MAX_PASSES} times in its life and never when its deadline
 *       is near. That takes nothing from anybody else, since it is the requester's turn either way.
 *   <li>Which device: one that has the program's key warm, or else the one with the fewest keys.
 * </ol>
 *
 * What nobody who is free can prove is left out of account: it holds up nothing.
 */
final class DispatchPolicy {
  private DispatchPolicy() {}

  record Match(Waiter waiter, DeviceOffer device) {}

  private static final Comparator<DeviceOffer> FEWEST_KEYS =
      Comparator.<DeviceOffer>comparingInt(device -> device.warm().size())
          .thenComparing(DeviceOffer::fulfiller);

  /**
   * The next match. The caller has the queue {@link WaitingQueue#begin} it before it asks again.
   *
   * @param free devices without a request
   */
  static Optional<Match> next(WaitingQueue queue, Collection<DeviceOffer> free, Instant now) {
    if (free.isEmpty()) {
      return Optional.empty();
    }
    @Nullable Lane lane = null;
    for (Lane first : queue.firstLanes()) {
      if ((lane == null || Lane.FAIR.compare(first, lane) < 0)
          && free.stream().anyMatch(first.need()::isMetBy)) {
        lane = first;
      }
    }
    return lane == null ? Optional.empty() : Optional.of(match(lane, free, now));
  }

  private static Match match(Lane lane, Collection<DeviceOffer> free, Instant now) {
    List<DeviceOffer> capable = free.stream().filter(lane.need()::isMetBy).toList();
    Waiter first = lane.first();
    Optional<Match> warm =
        capable.stream()
            .filter(device -> device.warm().contains(first.request().vkHash()))
            .min(FEWEST_KEYS)
            .map(device -> new Match(first, device));
    if (warm.isEmpty() && first.mayBePassed(now)) {
      warm = warmest(lane, capable);
    }
    return warm.orElseGet(() -> new Match(first, capable.stream().min(FEWEST_KEYS).orElseThrow()));
  }

  /** The earliest deadline among the requests whose key is warm somewhere. */
  private static Optional<Match> warmest(Lane lane, List<DeviceOffer> capable) {
    return capable.stream()
        .flatMap(
            device ->
                device.warm().stream()
                    .flatMap(program -> lane.first(program).stream())
                    .map(waiter -> new Match(waiter, device)))
        .min(
            Comparator.comparing(Match::waiter, Waiter.BY_DEADLINE)
                .thenComparing(Match::device, FEWEST_KEYS));
  }
}
