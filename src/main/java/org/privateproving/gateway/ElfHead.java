package org.privateproving.gateway;

import com.github.luben.zstd.ZstdInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;

/**
 * Looks at the first bytes of an uploaded program: bincode of the ELF's bytes (a length of 8 bytes,
 * then the ELF), plain from SDK 5, compressed with zstd from SDK 6.
 *
 * <p>It catches what is plainly not a program, while its owner still listens; what loads and what
 * hashes to the vk hash is found out by the fulfiller.
 */
final class ElfHead {
  /**
   * How much of an upload {@link #fault} must see: one block of zstd is at most 128 KiB, and
   * nothing comes out of a decoder before a whole block is in.
   */
  static final int BYTES = 132 * 1024;

  private static final byte[] ZSTD = {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd};
  private static final byte[] ELF = {0x7f, 'E', 'L', 'F'};
  private static final int LENGTH = 8;
  private static final int MACHINE_AT = LENGTH + 18;
  private static final int HEADER = MACHINE_AT + 2;
  private static final int RISC_V = 243;
  private static final int SMALLEST_ELF = 52;
  // A decoder's window is allocated as the frame asks: 64 MiB at most.
  private static final int MAX_WINDOW_LOG = 26;

  private ElfHead() {}

  /**
   * @param upload the first bytes of an upload, {@link #BYTES} or all of them
   * @return what is wrong, as the end of a sentence; empty if it is an ELF for RISC-V
   */
  static Optional<String> fault(byte[] upload) {
    byte[] head;
    try {
      head = decode(upload);
    } catch (IOException e) {
      return Optional.of("not an ELF: it looks like zstd and cannot be decompressed");
    }
    if (head.length < HEADER) {
      return Optional.of("not an ELF: " + head.length + " bytes are too few");
    }
    ByteBuffer buffer = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN);
    if (!Arrays.equals(head, LENGTH, LENGTH + ELF.length, ELF, 0, ELF.length)) {
      return Optional.of(
          "not an ELF in the SDK's encoding (expected: a length of 8 bytes, then 7f 45 4c 46)");
    }
    if (Long.compareUnsigned(buffer.getLong(0), SMALLEST_ELF) < 0) {
      return Optional.of("not an ELF: its length prefix says " + buffer.getLong(0));
    }
    int machine = buffer.getShort(MACHINE_AT) & 0xffff;
    return machine == RISC_V
        ? Optional.empty()
        : Optional.of("an ELF for machine " + machine + " (expected: 243, RISC-V)");
  }

  private static byte[] decode(byte[] upload) throws IOException {
    if (!Arrays.equals(upload, 0, Math.min(ZSTD.length, upload.length), ZSTD, 0, ZSTD.length)) {
      return Arrays.copyOf(upload, Math.min(upload.length, HEADER));
    }
    try (InputStream plain =
        new ZstdInputStream(new ByteArrayInputStream(upload))
            .setContinuous(true)
            .setLongMax(MAX_WINDOW_LOG)) {
      return plain.readNBytes(HEADER);
    }
  }
}
