package org.privateproving.gateway;

import java.util.Optional;
import org.privateproving.artifact.ArtifactId;
import org.privateproving.artifact.ArtifactStore.UploadGrant;

/**
 * The URLs that clients see.
 *
 * @param base scheme and authority, without a slash at its end
 */
record ArtifactUrls(String base) {
  private static final String ARTIFACTS = "/artifacts/";

  /** Identifies an artifact and opens nothing: it may be published. */
  String identifier(ArtifactId id) {
    return base + ARTIFACTS + id;
  }

  /** A capability: whoever knows it can upload. */
  String upload(UploadGrant grant) {
    return base + "/uploads/" + grant.id() + "/" + grant.capability();
  }

  /** A capability: whoever knows it can fetch the proof. */
  String proof(String path) {
    return base + path;
  }

  /** The artifact that {@link #identifier} named; empty for a URI of somebody else. */
  Optional<ArtifactId> parse(String uri) {
    String prefix = base + ARTIFACTS;
    return uri.startsWith(prefix)
        ? ArtifactId.parse(uri.substring(prefix.length()))
        : Optional.empty();
  }
}
