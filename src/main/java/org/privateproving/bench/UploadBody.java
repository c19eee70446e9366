package org.privateproving.bench;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/** What is uploaded, made while it is sent, so that its size costs no memory. */
final class UploadBody {
  private static final int FIRST_INPUT = 20;
  private static final int BLOCK = 1 << 20;

  /** Nothing that a compression on the way could shorten. */
  private static final byte[] NOISE = noise();

  private final Supplier<InputStream> bytes;
  private final long size;

  private UploadBody(Supplier<InputStream> bytes, long size) {
    this.bytes = bytes;
    this.size = size;
  }

  static UploadBody of(byte[] bytes) {
    return new UploadBody(() -> new ByteArrayInputStream(bytes), bytes.length);
  }

  /**
   * An SP1Stdin (bincode, as SDK 5 sends it) of two items: a {@code u32} that the example program
   * fibonacci reads, and ballast that it does not.
   */
  static UploadBody stdin(long ballast) {
    byte[] head =
        ByteBuffer.allocate(Long.BYTES * 3 + Integer.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(2)
            .putLong(Integer.BYTES)
            .putInt(FIRST_INPUT)
            .putLong(ballast)
            .array();
    // Where reading begins, and no proofs.
    byte[] tail = new byte[Long.BYTES * 2];
    return new UploadBody(
        () ->
            new SequenceInputStream(
                Collections.enumeration(
                    List.of(
                        new ByteArrayInputStream(head),
                        new Repeated(NOISE, ballast),
                        new ByteArrayInputStream(tail)))),
        head.length + ballast + tail.length);
  }

  private static byte[] noise() {
    byte[] noise = new byte[BLOCK];
    new Random(1).nextBytes(noise);
    return noise;
  }

  long size() {
    return size;
  }

  InputStream open() {
    return bytes.get();
  }

  /** With its length known beforehand, as the SDK sends it. */
  BodyPublisher publisher() {
    return size == 0
        ? BodyPublishers.noBody()
        : BodyPublishers.fromPublisher(BodyPublishers.ofInputStream(bytes), size);
  }

  /** A block again and again. */
  private static final class Repeated extends InputStream {
    private final byte[] block;
    private final long size;
    private long at;

    Repeated(byte[] block, long size) {
      this.block = block;
      this.size = size;
    }

    @Override
    public int read() {
      return at < size ? block[(int) (at++ % block.length)] & 0xff : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
      if (length == 0) {
        return 0;
      }
      if (at >= size) {
        return -1;
      }
      int from = (int) (at % block.length);
      int count = (int) Math.min(Math.min(length, block.length - from), size - at);
      System.arraycopy(block, from, target, offset, count);
      at += count;
      return count;
    }
  }
}
