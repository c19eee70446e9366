package org.privateproving.dispatch;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.privateproving.domain.Address;
import org.privateproving.fulfiller.DeviceOffer;

/**
 * Who gets which device: a pure function. The requester with the fewest devices at work comes
 * first, among its requests the earliest deadline; a device that has the program's key warm is
 * preferred among those that can do it.
 */
final class DispatchPolicy {
  private DispatchPolicy() {}

  record Match(WaitingRequest request, DeviceOffer device) {}

  /**
   * @param waiting requests without a device
   * @param free devices without a request
   * @param atWork how many devices work for each requester already
   */
  static List<Match> match(
      List<WaitingRequest> waiting, List<DeviceOffer> free, Map<Address, Integer> atWork) {
    Map<Address, Integer> shares = new HashMap<>(atWork);
    List<WaitingRequest> left = new ArrayList<>(waiting);
    List<DeviceOffer> devices = new ArrayList<>(free);
    List<Match> matches = new ArrayList<>();
    while (!devices.isEmpty() && !left.isEmpty()) {
      left.sort(order(shares));
      Match match = firstPossible(left, devices);
      if (match == null) {
        break;
      }
      matches.add(match);
      left.remove(match.request());
      devices.remove(match.device());
      shares.merge(match.request().requester(), 1, Integer::sum);
    }
    return matches;
  }

  private static Comparator<WaitingRequest> order(Map<Address, Integer> shares) {
    return Comparator.<WaitingRequest>comparingInt(r -> shares.getOrDefault(r.requester(), 0))
        .thenComparing(WaitingRequest::deadline)
        .thenComparing(WaitingRequest::acceptedAt)
        .thenComparing(r -> r.id().hex());
  }

  private static @Nullable Match firstPossible(
      List<WaitingRequest> ordered, List<DeviceOffer> devices) {
    for (WaitingRequest request : ordered) {
      var device =
          devices.stream()
              .filter(d -> d.versions().contains(request.version()))
              .filter(d -> d.modes().contains(request.mode()))
              .min(
                  Comparator.<DeviceOffer, Boolean>comparing(
                          d -> !d.warm().contains(request.vkHash()))
                      .thenComparing(DeviceOffer::fulfiller));
      if (device.isPresent()) {
        return new Match(request, device.get());
      }
    }
    return null;
  }
}
