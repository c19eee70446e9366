package org.privateproving.sp1;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** What an SDK uploads: the example programs, and inputs for them. */
public final class Uploads {

  private Uploads() {}

  /** A program of {@code guests/}, in bincode. */
  public static byte[] program(String guest) {
    return program(elf(guest));
  }

  public static byte[] program(byte[] elf) {
    return ByteBuffer.allocate(8 + elf.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(elf.length)
        .put(elf)
        .array();
  }

  static byte[] elf(String guest) {
    try {
      return Files.readAllBytes(Path.of("guests", "elf", guest + ".elf"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** An input of these items, in bincode. */
  public static byte[] stdin(byte[]... items) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(number(items.length));
    for (byte[] item : items) {
      bytes.writeBytes(number(item.length));
      bytes.writeBytes(item);
    }
    // The reading position and the number of proofs.
    bytes.writeBytes(number(0));
    bytes.writeBytes(number(0));
    return bytes.toByteArray();
  }

  public static byte[] u32(int value) {
    return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
  }

  /** What {@code sp1_zkvm::io::read::<Vec<u8>>()} reads. */
  static byte[] text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + bytes.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(bytes.length)
        .put(bytes)
        .array();
  }

  static byte[] packed(byte[] bytes) {
    return Zstd.compress(bytes, 3);
  }

  /** A buffer with these bytes, put in in pieces. */
  static NativeBuffer buffer(Engine engine, byte[] bytes) {
    NativeBuffer buffer = engine.newBuffer(bytes.length);
    ByteBuffer rest = ByteBuffer.wrap(bytes);
    while (rest.hasRemaining()) {
      int piece = Math.min(rest.remaining(), 65_536);
      buffer.append(rest.slice(rest.position(), piece));
      rest.position(rest.position() + piece);
    }
    return buffer;
  }

  static ProgramKey setup(Engine engine, byte[] upload) throws EngineException {
    try (NativeBuffer buffer = buffer(engine, upload)) {
      return engine.setup(buffer);
    }
  }

  static Stdin decode(Engine engine, byte[] upload) throws EngineException {
    try (NativeBuffer buffer = buffer(engine, upload)) {
      return engine.decodeStdin(buffer);
    }
  }

  private static byte[] number(long value) {
    return ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
  }
}
