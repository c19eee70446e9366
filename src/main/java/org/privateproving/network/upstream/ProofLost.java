package org.privateproving.network.upstream;

/** A proof that was stored is gone, or cannot be opened with the cluster's key: no repeat helps. */
final class ProofLost extends RuntimeException {
  ProofLost() {
    super("the proof is no longer here");
  }
}
