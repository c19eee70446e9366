package org.privateproving.dispatch;

import java.time.Instant;
import java.util.Arrays;
import java.util.Set;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.privateproving.domain.Address;
import org.privateproving.domain.CircuitVersion;
import org.privateproving.domain.RequestId;
import org.privateproving.domain.VkHash;
import org.privateproving.fulfiller.DeviceOffer;
import org.privateproving.fulfiller.FulfillerMessage;
import org.privateproving.sp1.ProofMode;

/** Requests that wait and devices on offer. */
final class SampleWork {
  static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
  static final Address ALICE = Address.of(bytes(20, 1));
  static final Address BOB = Address.of(bytes(20, 2));
  static final VkHash PROGRAM = VkHash.of(bytes(32, 3));

  private SampleWork() {}

  static RequestId id(int n) {
    byte[] bytes = new byte[32];
    bytes[31] = (byte) n;
    return RequestId.of(bytes);
  }

  static WaitingRequest waiting(int n, Address requester, Instant deadline) {
    return new WaitingRequest(
        id(n), requester, PROGRAM, new CircuitVersion("sp1-v6.1.0"), ProofMode.CORE, NOW, deadline);
  }

  static DeviceOffer device(String name) {
    return device(name, Set.of(), Set.of(ProofMode.values()), "sp1-v6.1.0");
  }

  static DeviceOffer device(String name, Set<VkHash> warm, Set<ProofMode> modes, String version) {
    return new DeviceOffer(
        name,
        1,
        true,
        Set.of(new CircuitVersion(version)),
        modes,
        warm,
        TestInbox.<FulfillerMessage>create(name).getRef());
  }

  private static byte[] bytes(int length, int value) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }
}
