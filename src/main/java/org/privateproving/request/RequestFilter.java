package org.privateproving.request;

import java.time.Instant;
import java.util.Optional;
import org.privateproving.domain.Address;
import org.privateproving.domain.CircuitVersion;
import org.privateproving.domain.VkHash;
import org.privateproving.sp1.ProofMode;

/**
 * Which requests to list. Empty means any.
 *
 * @param page counted from 0
 */
public record RequestFilter(
    Optional<Address> requester,
    Optional<VkHash> vkHash,
    Optional<CircuitVersion> version,
    Optional<ProofMode> mode,
    Optional<Instant> minimumDeadline,
    Optional<Instant> createdFrom,
    Optional<Instant> createdTo,
    int limit,
    int page) {}
