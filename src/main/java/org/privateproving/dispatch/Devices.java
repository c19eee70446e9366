package org.privateproving.dispatch;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.privateproving.domain.Address;
import org.privateproving.domain.RequestId;
import org.privateproving.fulfiller.DeviceOffer;

/**
 * The devices that were heard of, which of them are free, and for whom the others work. Confined to
 * the dispatcher.
 */
final class Devices {
  /**
   * @param heldBackUntil free or not, until then it is not offered again
   * @param proposed the request that it was proposed to last
   * @param worksFor whose share it takes up
   */
  private record Device(
      DeviceOffer offer,
      Instant heardAt,
      Instant heldBackUntil,
      @Nullable RequestId proposed,
      @Nullable Address worksFor) {

    static Device of(DeviceOffer offer, Instant heardAt) {
      return new Device(offer, heardAt, Instant.EPOCH, null, null);
    }
  }

  private final Map<String, Device> devices = new HashMap<>();
  private final Map<String, DeviceOffer> free = new TreeMap<>();

  int size() {
    return devices.size();
  }

  /** Those that may be given a request now. */
  Collection<DeviceOffer> free() {
    return free.values();
  }

  /** All of them, whatever they do. */
  Collection<DeviceOffer> all() {
    return devices.values().stream().map(Device::offer).toList();
  }

  /** Returns the requester for whom it works no more, if there is one. */
  Optional<Address> heard(DeviceOffer offer, Instant now) {
    Device known = devices.get(offer.fulfiller());
    if (known == null || !known.offer().ref().equals(offer.ref())) {
      return put(Device.of(offer, now), now); // new, or started again
    }
    if (known.offer().serial() > offer.serial()) {
      return Optional.empty();
    }
    // Busy: what it was held back for has arrived, so its next "free" can be believed at once.
    Instant heldBackUntil = offer.free() ? known.heldBackUntil() : Instant.EPOCH;
    boolean idle = offer.free() && !now.isBefore(heldBackUntil);
    return put(
        new Device(offer, now, heldBackUntil, known.proposed(), idle ? null : known.worksFor()),
        now);
  }

  /** It is proposed to a request, and held back until the outcome shows. */
  void propose(DeviceOffer offer, WaitingRequest request, Instant now, Duration holdBack) {
    Device known = Objects.requireNonNull(devices.get(offer.fulfiller()));
    var _ =
        put(
            new Device(
                offer, known.heardAt(), now.plus(holdBack), request.id(), request.requester()),
            now);
  }

  /** The request does not want it. The same answer as above. */
  Optional<Address> declined(String fulfiller, RequestId by, Instant now) {
    Device known = devices.get(fulfiller);
    return known != null && by.equals(known.proposed()) && known.offer().free()
        ? put(Device.of(known.offer(), known.heardAt()), now)
        : Optional.empty();
  }

  /** The same answer. */
  Optional<Address> withdrawn(String fulfiller) {
    free.remove(fulfiller);
    Device gone = devices.remove(fulfiller);
    return gone == null ? Optional.empty() : Optional.ofNullable(gone.worksFor());
  }

  /** Those that are held back no longer are free again, and who fell silent is forgotten. */
  List<Address> tick(Instant now, Instant silentSince) {
    List<Address> released = new ArrayList<>();
    for (Device device : List.copyOf(devices.values())) {
      Optional<Address> over =
          device.heardAt().isBefore(silentSince)
              ? withdrawn(device.offer().fulfiller())
              : device.offer().free() && !now.isBefore(device.heldBackUntil())
                  ? put(Device.of(device.offer(), device.heardAt()), now)
                  : Optional.empty();
      over.ifPresent(released::add);
    }
    return released;
  }

  private Optional<Address> put(Device device, Instant now) {
    String name = device.offer().fulfiller();
    Device before = devices.put(name, device);
    if (device.offer().free() && !now.isBefore(device.heldBackUntil())) {
      free.put(name, device.offer());
    } else {
      free.remove(name);
    }
    return before != null && device.worksFor() == null
        ? Optional.ofNullable(before.worksFor())
        : Optional.empty();
  }
}
