package org.privateproving.gateway;

import java.util.Optional;
import java.util.regex.Pattern;
import org.privateproving.artifact.ArtifactId;
import org.privateproving.artifact.ArtifactStore.UploadGrant;

/**
 * The URLs that clients see.
 *
 * @param base scheme and authority, without a slash at its end
 */
record ArtifactUrls(String base) {
  private static final String ARTIFACTS = "/artifacts/";
  private static final Pattern AUTHORITY = Pattern.compile("https?://[^/?#]+");

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

  /**
   * The artifact that {@link #identifier} named, here or on another server of the cluster, whatever
   * its own URL is; empty for anything else. Whose it is, is asked elsewhere.
   */
  Optional<ArtifactId> parse(String uri) {
    int path = uri.lastIndexOf(ARTIFACTS);
    boolean ours = path > 0 && AUTHORITY.matcher(uri.substring(0, path)).matches();
    return ours ? ArtifactId.parse(uri.substring(path + ARTIFACTS.length())) : Optional.empty();
  }
}
