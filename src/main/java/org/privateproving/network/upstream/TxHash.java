package org.privateproving.network.upstream;

/** Transaction hashes, of exactly 32 bytes, as clients insist. */
final class TxHash {
  private static final int BYTES = 32;

  private TxHash() {}

  /** What the network told; zeros if that is none. */
  static byte[] of(byte[] told) {
    return told.length == BYTES ? told : new byte[BYTES];
  }
}
