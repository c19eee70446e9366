package org.privateproving.artifact;

import java.io.IOException;

/**
 * What is stored of an artifact does not open: it was tampered with, or stored under another
 * cluster key. Trying again is of no use.
 */
public final class DamagedArtifactException extends IOException {
  private static final long serialVersionUID = 1L;

  // Without its cause, whose message is the cipher's own.
  DamagedArtifactException(ArtifactId id) {
    super("artifact " + id + " does not open: it was altered, or stored under another cluster key");
  }
}
