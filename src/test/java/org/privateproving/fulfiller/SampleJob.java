package org.privateproving.fulfiller;

import static org.privateproving.sp1.Uploads.program;
import static org.privateproving.sp1.Uploads.u32;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import org.privateproving.domain.RequestId;
import org.privateproving.domain.VkHash;
import org.privateproving.sp1.Engine;
import org.privateproving.sp1.EngineException;
import org.privateproving.sp1.EngineKind;
import org.privateproving.sp1.EngineOptions;
import org.privateproving.sp1.NativeBuffer;
import org.privateproving.sp1.ProgramKey;
import org.privateproving.sp1.ProofMode;
import org.privateproving.sp1.Uploads;

/** An assignment that the mock engine of the real library can fulfil, and its inputs. */
record SampleJob(byte[] elf, byte[] stdin, VkHash vkHash) {
  static final Duration TERM = Duration.ofMillis(600);

  static Engine mockEngine() throws EngineException {
    return Engine.open(EngineOptions.of(EngineKind.MOCK));
  }

  static SampleJob of(Engine engine, String guest) throws EngineException {
    byte[] elf = program(guest);
    try (NativeBuffer upload = engine.newBuffer(elf.length)) {
      upload.append(ByteBuffer.wrap(elf));
      try (ProgramKey key = engine.setup(upload)) {
        return new SampleJob(elf, Uploads.stdin(u32(2)), VkHash.of(key.vkHash()));
      }
    }
  }

  static FulfillerSettings settings(int programCache) {
    return new FulfillerSettings(
        "gpu-0",
        EngineKind.MOCK,
        0,
        Optional.empty(),
        1_000_000,
        1 << 20,
        programCache,
        Duration.ZERO,
        Duration.ofHours(1),
        Duration.ZERO);
  }

  static RequestId id() {
    byte[] id = new byte[32];
    Arrays.fill(id, (byte) 1);
    return RequestId.of(id);
  }

  Assignment assignment() {
    return new Assignment(
        id(),
        1,
        vkHash,
        // Of this mode, a mock engine verifies the public values.
        ProofMode.GROTH16,
        -1,
        -1,
        Optional.empty(),
        Instant.now().plusSeconds(60),
        TERM);
  }
}
