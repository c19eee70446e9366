package org.privateproving.dispatch;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.Optional;
import org.privateproving.domain.Address;
import org.privateproving.domain.CborSerializable;
import org.privateproving.domain.CircuitVersion;
import org.privateproving.domain.RequestId;
import org.privateproving.domain.VkHash;
import org.privateproving.sp1.ProofMode;

/**
 * What the policy needs to know of a request that waits for a device.
 *
 * @param memory what its proof needs of a device, in bytes; empty: not known
 */
public record WaitingRequest(
    RequestId id,
    Address requester,
    VkHash vkHash,
    CircuitVersion version,
    ProofMode mode,
    Instant acceptedAt,
    Instant deadline,
    @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<Long> memory)
    implements CborSerializable {}
