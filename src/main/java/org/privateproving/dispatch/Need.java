package org.privateproving.dispatch;

import java.util.Optional;
import java.util.Set;
import org.privateproving.domain.CircuitVersion;
import org.privateproving.fulfiller.DeviceOffer;
import org.privateproving.sp1.ProofMode;

/**
 * What a device must be able to do for a request. There are few different ones: versions and the
 * memory of each mode come from the configuration.
 *
 * @param memory in bytes; empty: not known
 */
record Need(CircuitVersion version, ProofMode mode, Optional<Long> memory) {

  static Need of(WaitingRequest request) {
    return new Need(request.version(), request.mode(), request.memory());
  }

  boolean isMetBy(DeviceOffer device) {
    return isMetBy(device.versions(), device.modes(), device.memory());
  }

  boolean isMetBy(DeviceGroup devices) {
    return isMetBy(devices.versions(), devices.modes(), devices.memory());
  }

  /** Of memory nothing is assumed unless both sides know theirs. */
  private boolean isMetBy(
      Set<CircuitVersion> versions, Set<ProofMode> modes, Optional<Long> available) {
    return versions.contains(version)
        && modes.contains(mode)
        && (memory.isEmpty() || available.isEmpty() || memory.get() <= available.get());
  }
}
