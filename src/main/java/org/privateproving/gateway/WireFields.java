package org.privateproving.gateway;

import static org.privateproving.wire.network.ProofMode.COMPRESSED_VALUE;
import static org.privateproving.wire.network.ProofMode.CORE_VALUE;
import static org.privateproving.wire.network.ProofMode.GROTH16_VALUE;
import static org.privateproving.wire.network.ProofMode.PLONK_VALUE;

import org.privateproving.domain.CircuitVersion;
import org.privateproving.domain.Refusal;
import org.privateproving.domain.Refusal.Reason;
import org.privateproving.sp1.ProofMode;

/** Reads the fields that an order and a filter for orders have in common. */
final class WireFields {
  private WireFields() {}

  /**
   * @throws Refusal INVALID
   */
  static CircuitVersion version(String wire) {
    try {
      return new CircuitVersion(wire);
    } catch (IllegalArgumentException e) {
      throw new Refusal(Reason.INVALID, "version: " + e.getMessage());
    }
  }

  /**
   * @param number of the wire's enumeration
   * @throws Refusal INVALID
   */
  static ProofMode mode(int number) {
    return switch (number) {
      case CORE_VALUE -> ProofMode.CORE;
      case COMPRESSED_VALUE -> ProofMode.COMPRESSED;
      case PLONK_VALUE -> ProofMode.PLONK;
      case GROTH16_VALUE -> ProofMode.GROTH16;
      default -> throw new Refusal(Reason.INVALID, "mode: " + number + " (expected: 1 to 4)");
    };
  }
}
