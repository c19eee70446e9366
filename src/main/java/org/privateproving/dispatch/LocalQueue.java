package org.privateproving.dispatch;

import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import org.privateproving.domain.RequestId;

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
  public List<DeviceGroup> devices() {
    return devices;
  }

  void devices(List<DeviceGroup> heard) {
    devices = List.copyOf(heard);
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
