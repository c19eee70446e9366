package org.privateproving.sp1;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * What an SDK reads as a proof of the mode asked for, and no verifier takes for one: it is empty,
 * and of an SP1 version that there is not.
 *
 * <p>How it works: bincode of {@code ProofFromNetwork}, which is the proof, the public values and
 * the version. A proof is its variant's number and its fields. Numbers are little-endian and of
 * fixed width, a list is a count and its items, so an empty one is eight zeros. A compressed proof
 * of nothing is zeros from end to end, but for the few counts that the mock prover of SP1 6 has in
 * its own: {@link #COMPRESSED_ONES}.
 */
final class NoopProof implements Proof {
  /** Where a proof has the SP1 version that made it; an SDK that verifies looks there first. */
  static final String VERSION = "noop";

  private static final int COMPRESSED_BYTES = 548;

  /** Where lists have one item, each zero again. */
  private static final int[] COMPRESSED_ONES = {144, 168, 176, 184, 208, 216, 232, 516, 524};

  private static final int PUBLIC_INPUTS = 5;
  private static final int VKEY_HASH_BYTES = 32;

  private final byte[] bytes;

  NoopProof(ProofMode mode) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(number(Integer.BYTES, mode.number() - 1L));
    switch (mode) {
      case CORE -> out.writeBytes(text(""));
      case COMPRESSED -> out.writeBytes(compressed());
      case PLONK, GROTH16 -> {
        for (int i = 0; i < PUBLIC_INPUTS; i++) {
          out.writeBytes(text("0"));
        }
        out.writeBytes(text(""));
        out.writeBytes(text(""));
        out.writeBytes(new byte[VKEY_HASH_BYTES]);
      }
    }
    out.writeBytes(text(""));
    out.writeBytes(text(VERSION));
    bytes = out.toByteArray();
  }

  private static byte[] compressed() {
    byte[] proof = new byte[COMPRESSED_BYTES];
    for (int at : COMPRESSED_ONES) {
      proof[at] = 1;
    }
    return proof;
  }

  /** Of no public values at all. */
  static byte[] publicValuesDigest() {
    try {
      return MessageDigest.getInstance("SHA-256").digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static byte[] text(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(Long.BYTES + utf8.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(utf8.length)
        .put(utf8)
        .array();
  }

  private static byte[] number(int width, long value) {
    byte[] whole =
        ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
    return Arrays.copyOf(whole, width);
  }

  @Override
  public long size() {
    return bytes.length;
  }

  @Override
  public int read(long offset, ByteBuffer target) {
    if (offset < 0) {
      throw new IllegalArgumentException("offset: " + offset + " (expected: 0 or more)");
    }
    int from = (int) Math.min(offset, bytes.length);
    int count = Math.min(target.remaining(), bytes.length - from);
    target.put(bytes, from, count);
    return count;
  }

  @Override
  public void close() {}
}
