package org.privateproving.bench;

import com.github.luben.zstd.Zstd;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.privateproving.sp1.Engine;
import org.privateproving.sp1.EngineException;
import org.privateproving.sp1.EngineKind;
import org.privateproving.sp1.EngineOptions;
import org.privateproving.sp1.NativeBuffer;
import org.privateproving.sp1.ProgramKey;

/**
 * The program whose proofs are requested.
 *
 * @param upload as SDK 6 uploads it
 * @param vk as SDKs register it; nobody but a client reads it
 */
// Nobody compares programs, and nobody changes one.
@SuppressWarnings("ArrayRecordComponent")
record BenchProgram(byte[] upload, ByteString vkHash, ByteString vk) {
  private static final int ZSTD_LEVEL = 3;
  private static final ByteString NO_VK = ByteString.copyFrom(new byte[104]);

  /** Under a hash that is given; servers with a real engine want the right one. */
  static BenchProgram named(Path elf, byte[] vkHash) throws IOException {
    return new BenchProgram(encoded(elf), ByteString.copyFrom(vkHash), NO_VK);
  }

  /** Under a hash of our own, which only noop engines believe in. */
  static BenchProgram ofNoName(Path elf) throws IOException {
    try {
      return named(elf, MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(elf)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** Under the hash that SP1 computes, in seconds, which takes the native library. */
  static BenchProgram computed(Path elf) throws IOException, EngineException {
    byte[] upload = encoded(elf);
    try (Engine engine = Engine.open(EngineOptions.of(EngineKind.MOCK));
        NativeBuffer buffer = engine.newBuffer(upload.length)) {
      buffer.append(ByteBuffer.wrap(upload));
      try (ProgramKey key = engine.setup(buffer)) {
        return new BenchProgram(
            upload, ByteString.copyFrom(key.vkHash()), ByteString.copyFrom(key.vk()));
      }
    }
  }

  private static byte[] encoded(Path elf) throws IOException {
    byte[] bytes = Files.readAllBytes(elf);
    byte[] bincode =
        ByteBuffer.allocate(Long.BYTES + bytes.length)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(bytes.length)
            .put(bytes)
            .array();
    return Zstd.compress(bincode, ZSTD_LEVEL);
  }
}
