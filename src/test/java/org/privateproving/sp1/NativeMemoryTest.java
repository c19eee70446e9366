package org.privateproving.sp1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.privateproving.sp1.Uploads.buffer;
import static org.privateproving.sp1.Uploads.packed;
import static org.privateproving.sp1.Uploads.program;
import static org.privateproving.sp1.Uploads.setup;
import static org.privateproving.sp1.Uploads.stdin;
import static org.privateproving.sp1.Uploads.u32;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What is closed is gone: the process does not grow, whatever is opened and closed how often. */
class NativeMemoryTest {

  private static final int TIMES = 10_000;
  private static final long PIECE = 64L << 10;
  private static final byte[] INPUT = packed(stdin(u32(1), new byte[(int) PIECE]));

  /** What forgetting one in sixteen buffers of the loop below amounts to. */
  private static final long BOUND = TIMES * PIECE / 16;

  @Test
  void shouldNotGrowWhenHandlesAreOpenedAndClosedTenThousandTimes() throws Exception {
    try (Engine engine = Engine.open(EngineOptions.of(EngineKind.MOCK))) {
      byte[] elf = program("fibonacci");
      round(engine, elf, TIMES / 10);
      long before = resident();
      round(engine, elf, TIMES);
      assertThat(resident() - before).as("growth in bytes").isLessThan(BOUND);
    }
  }

  @Test
  void shouldNotGrowWhenEverythingIsRefusedTenThousandTimes() throws Exception {
    try (Engine engine = Engine.open(EngineOptions.of(EngineKind.MOCK))) {
      byte[] cut = new byte[(int) PIECE];
      refuse(engine, cut, TIMES / 10);
      long before = resident();
      refuse(engine, cut, TIMES);
      assertThat(resident() - before).as("growth in bytes").isLessThan(BOUND);
    }
  }

  @Test
  void shouldSeeALeakWhenThereIsOne() throws Exception {
    // The bound above is worth something only if a leak exceeds it.
    try (Engine engine = Engine.open(EngineOptions.of(EngineKind.MOCK))) {
      long before = resident();
      NativeBuffer[] kept = new NativeBuffer[TIMES / 10];
      for (int i = 0; i < kept.length; i++) {
        kept[i] = buffer(engine, new byte[(int) PIECE]);
      }
      assertThat(resident() - before).isGreaterThan(BOUND);
      for (NativeBuffer buffer : kept) {
        buffer.close();
      }
    }
  }

  private static void round(Engine engine, byte[] elf, int times) throws EngineException {
    for (int i = 0; i < times; i++) {
      try (NativeBuffer upload = buffer(engine, INPUT);
          Stdin stdin = engine.decodeStdin(upload);
          Proof proof = engine.proofOf(buffer(engine, new byte[(int) PIECE]))) {
        assertThat(stdin.size()).isGreaterThan(PIECE);
        assertThat(proof.size()).isEqualTo(PIECE);
      }
      if (i % 10 == 0) {
        setup(engine, elf).close();
      }
    }
  }

  private static void refuse(Engine engine, byte[] garbage, int times) {
    garbage[7] = 9;
    for (int i = 0; i < times; i++) {
      try (NativeBuffer upload = buffer(engine, garbage)) {
        engine.decodeStdin(upload).close();
        throw new AssertionError("garbage was taken for an input");
      } catch (EngineException e) {
        assertThat(e.kind()).isEqualTo(EngineException.Kind.BAD_STDIN);
      }
    }
  }

  private static long resident() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("\\D", "")) << 10;
      }
    }
    throw new IOException("/proc/self/status has no VmRSS");
  }
}
