package org.privateproving.endtoend;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;

/** What an SDK uploads: bincode, plain from SDK 5, in zstd from SDK 6. */
final class Encodings {
  private Encodings() {}

  static byte[] elf(String guest) {
    try {
      return Files.readAllBytes(SdkClient.elf(guest));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static byte[] program(byte[] elf) {
    return concat(u64(elf.length), elf);
  }

  /** An SP1Stdin of these items, whose reading position is 0 and which holds no proofs. */
  static byte[] stdin(byte[]... items) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(u64(items.length));
    for (byte[] item : items) {
      bytes.writeBytes(u64(item.length));
      bytes.writeBytes(item);
    }
    bytes.writeBytes(u64(0));
    bytes.writeBytes(u64(0));
    return bytes.toByteArray();
  }

  static byte[] u32(int value) {
    return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
  }

  static byte[] u64(long value) {
    return ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
  }

  /** What {@code sp1_zkvm::io::read::<Vec<u8>>()} reads. */
  static byte[] bytes(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return concat(u64(bytes.length), bytes);
  }

  /** What {@code sp1_zkvm::io::read::<Vec<u64>>()} reads. */
  static byte[] u64s(long... numbers) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(u64(numbers.length));
    for (long number : numbers) {
      bytes.writeBytes(u64(number));
    }
    return bytes.toByteArray();
  }

  static byte[] zstd(byte[] bytes) {
    return Zstd.compress(bytes, 3);
  }

  static byte[] concat(byte[] first, byte[] second) {
    return ByteBuffer.allocate(first.length + second.length).put(first).put(second).array();
  }
}
