package org.privateproving.dispatch;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
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
  static final String V6 = "sp1-v6.1.0";
  static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
  static final Address ALICE = Address.of(bytes(20, 1));
  static final Address BOB = Address.of(bytes(20, 2));
  static final VkHash PROGRAM = VkHash.of(bytes(32, 3));

  private SampleWork() {}

  static RequestId id(int n) {
    return RequestId.of(ByteBuffer.allocate(32).putInt(28, n).array());
  }

  static Address requester(int n) {
    return Address.of(ByteBuffer.allocate(20).putInt(16, n).array());
  }

  static VkHash program(int n) {
    return VkHash.of(ByteBuffer.allocate(32).putInt(28, n).array());
  }

  static WaitingRequest waiting(int n, Address requester, Instant deadline) {
    return waiting(n, requester, PROGRAM, deadline);
  }

  static WaitingRequest waiting(int n, Address requester, VkHash program, Instant deadline) {
    return new WaitingRequest(
        id(n),
        requester,
        program,
        new CircuitVersion(V6),
        ProofMode.CORE,
        NOW,
        deadline,
        Optional.empty());
  }

  static DeviceOffer device(String name) {
    return device(name, Set.of(), Set.of(ProofMode.values()), V6);
  }

  static DeviceOffer warmDevice(String name, VkHash... warm) {
    return device(name, Set.of(warm), Set.of(ProofMode.values()), V6);
  }

  static DeviceOffer device(String name, Optional<Long> memory) {
    DeviceOffer any = device(name);
    return new DeviceOffer(
        name, 1, true, any.versions(), any.modes(), any.warm(), memory, any.ref());
  }

  static DeviceOffer device(String name, Set<VkHash> warm, Set<ProofMode> modes, String version) {
    return new DeviceOffer(
        name,
        1,
        true,
        Set.of(new CircuitVersion(version)),
        modes,
        warm,
        Optional.empty(),
        TestInbox.<FulfillerMessage>create(name).getRef());
  }

  private static byte[] bytes(int length, int value) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }
}
