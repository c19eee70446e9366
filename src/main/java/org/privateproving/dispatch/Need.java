package org.privateproving.dispatch;

import java.util.Optional;
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

  /** Of memory nothing is assumed unless both sides know theirs. */
  boolean isMetBy(DeviceOffer device) {
    return device.versions().contains(version)
        && device.modes().contains(mode)
        && (memory.isEmpty() || device.memory().isEmpty() || memory.get() <= device.memory().get());
  }
}
