package org.privateproving.artifact;

import java.time.Instant;
import java.util.Optional;
import org.privateproving.domain.Address;
import org.privateproving.domain.Digest;

/**
 * What is known of an artifact without opening it.
 *
 * @param size of the plain bytes, as uploaded
 * @param sha256 of the plain bytes
 * @param claimedBy the request, or the program's vk hash, in hexadecimal, that uses it; such an
 *     artifact takes no further upload and is kept as long as its user lives
 */
public record ArtifactInfo(
    ArtifactId id,
    ArtifactKind kind,
    Address owner,
    boolean complete,
    long size,
    Optional<Digest> sha256,
    Optional<String> claimedBy,
    Instant createdAt) {}
