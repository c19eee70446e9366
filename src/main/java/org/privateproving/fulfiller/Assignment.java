package org.privateproving.fulfiller;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.privateproving.domain.CborSerializable;
import org.privateproving.domain.Digest;
import org.privateproving.domain.RequestId;
import org.privateproving.domain.VkHash;
import org.privateproving.sp1.ProofMode;

/**
 * What to prove under which lease.
 *
 * @param cycleLimit unsigned 64 bits
 * @param gasLimit unsigned 64 bits
 * @param publicValuesHash what the requester's own simulation committed to
 * @param leaseTerm how long the lease runs from each renewal
 */
public record Assignment(
    RequestId id,
    long epoch,
    VkHash vkHash,
    ProofMode mode,
    long cycleLimit,
    long gasLimit,
    Optional<Digest> publicValuesHash,
    Instant deadline,
    Duration leaseTerm)
    implements CborSerializable {}
