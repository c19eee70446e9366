package org.privateproving.artifact;

import java.time.Instant;
import java.util.Optional;
import org.privateproving.domain.Digest;

/**
 * A row of the table {@code artifact}.
 *
 * @param content empty until an upload is complete, and again once it is erased
 * @param size of the content, known after its erasure as well; 0 if there never was any
 */
record ArtifactRow(
    Binding binding,
    Instant createdAt,
    Optional<Content> content,
    long size,
    Optional<String> claimedBy,
    boolean erased) {

  /**
   * The upload that counts.
   *
   * @param sha256 of the plain bytes
   */
  @SuppressWarnings("ArrayRecordComponent") // Nobody compares two of them.
  record Content(long attempt, long size, Digest sha256, byte[] wrappedKey) {}

  boolean takesUploads(Instant expiredIfCreatedBefore) {
    return !erased
        && binding.kind() != ArtifactKind.PROOF
        && createdAt.isAfter(expiredIfCreatedBefore);
  }

  ArtifactInfo info() {
    return new ArtifactInfo(
        binding.id(),
        binding.kind(),
        binding.owner(),
        content.isPresent(),
        size,
        content.map(Content::sha256),
        claimedBy,
        createdAt);
  }
}
