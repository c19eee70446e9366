package org.privateproving.dispatch;

import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import org.privateproving.domain.CircuitVersion;
import org.privateproving.domain.RequestId;
import org.privateproving.sp1.ProofMode;

/**
 * The requests of this server that wait for a device, and what the dispatcher said of devices last.
 * Each request's actor keeps its own entry; {@link RollCall} shows them to the dispatcher. So a
 * request speaks up when something changes, and needs no timer of its own to be remembered.
 * Thread-safe.
 */
public final class LocalQueue {
  private final NavigableMap<String, WaitingRequest> waiting = new ConcurrentSkipListMap<>();
  private volatile List<DeviceGroup> devices = List.of();

  public void add(WaitingRequest request) {
    waiting.put(request.id().hex(), request);
  }

  public void remove(RequestId id) {
    waiting.remove(id.hex());
  }

  /** The devices of the cluster, as of a moment ago; none before the dispatcher was heard from. */
  List<DeviceGroup> devices() {
    return devices;
  }

  /** How many of them can do this, free or not. */
  public int devicesFor(CircuitVersion version, ProofMode mode) {
    Need need = new Need(version, mode, Optional.empty());
    return devices.stream().filter(need::isMetBy).mapToInt(DeviceGroup::count).sum();
  }

  /** The dispatcher says which devices there are. */
  public void heard(List<DeviceGroup> present) {
    devices = List.copyOf(present);
  }

  public int size() {
    return waiting.size();
  }

  /** In the order of their ids; from the first one on if {@code after} is empty. */
  public List<WaitingRequest> page(Optional<RequestId> after, int limit) {
    return after.map(id -> waiting.tailMap(id.hex(), false)).orElse(waiting).values().stream()
        .limit(limit)
        .toList();
  }
}
