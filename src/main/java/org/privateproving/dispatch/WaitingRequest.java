package org.privateproving.dispatch;

import java.time.Instant;
import org.privateproving.domain.Address;
import org.privateproving.domain.CborSerializable;
import org.privateproving.domain.CircuitVersion;
import org.privateproving.domain.RequestId;
import org.privateproving.domain.VkHash;
import org.privateproving.sp1.ProofMode;

/** What the policy needs to know of a request that waits for a device. */
public record WaitingRequest(
    RequestId id,
    Address requester,
    VkHash vkHash,
    CircuitVersion version,
    ProofMode mode,
    Instant acceptedAt,
    Instant deadline)
    implements CborSerializable {}
