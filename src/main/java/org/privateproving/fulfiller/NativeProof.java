package org.privateproving.fulfiller;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;
import org.apache.pekko.NotUsed;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;
import org.privateproving.domain.Digest;
import org.privateproving.sp1.Proof;

/** A proof in the bridge's memory. */
final class NativeProof implements VerifiedProof {
  /** Pieces that fit into one frame between nodes. */
  private static final int PIECE = 64 * 1024;

  private final Proof proof;
  private final Digest sha256;

  private NativeProof(Proof proof, Digest sha256) {
    this.proof = proof;
    this.sha256 = sha256;
  }

  static NativeProof of(Proof proof) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (long at = 0; at < proof.size(); at += PIECE) {
        digest.update(piece(proof, at));
      }
      return new NativeProof(proof, Digest.of(digest.digest()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  @Override
  public long size() {
    return proof.size();
  }

  @Override
  public Digest sha256() {
    return sha256;
  }

  @Override
  public Source<ByteString, NotUsed> bytes() {
    return Source.unfold(
        0L,
        at ->
            at >= proof.size()
                ? Optional.empty()
                : Optional.of(
                    Pair.create(at + PIECE, ByteString.fromArrayUnsafe(piece(proof, at)))));
  }

  private static byte[] piece(Proof proof, long at) {
    byte[] piece = new byte[(int) Math.min(PIECE, proof.size() - at)];
    int read = proof.read(at, ByteBuffer.wrap(piece));
    if (read != piece.length) {
      throw new IllegalStateException("read: " + read + " bytes (expected: " + piece.length + ")");
    }
    return piece;
  }
}
