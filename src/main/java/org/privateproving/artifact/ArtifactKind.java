package org.privateproving.artifact;

/** What an artifact is. Names are stored: add, never rename. */
public enum ArtifactKind {
  PROGRAM,
  /** A private input, whether or not the client marked it so. */
  STDIN,
  PROOF
}
