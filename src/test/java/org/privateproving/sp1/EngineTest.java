package org.privateproving.sp1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.privateproving.sp1.Uploads.buffer;
import static org.privateproving.sp1.Uploads.decode;
import static org.privateproving.sp1.Uploads.packed;
import static org.privateproving.sp1.Uploads.program;
import static org.privateproving.sp1.Uploads.setup;
import static org.privateproving.sp1.Uploads.stdin;
import static org.privateproving.sp1.Uploads.text;
import static org.privateproving.sp1.Uploads.u32;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.privateproving.sp1.EngineException.Kind;
import org.privateproving.sp1.ExecutionOutcome.Executed;
import org.privateproving.sp1.ExecutionOutcome.ExecutionFailed;

/** The real library with the mock engine. */
class EngineTest {

  private static final long NO_LIMIT = -1;
  private static final byte[] TEN = stdin(u32(10));
  private static final String SECRET = "a secret that must not be seen";

  private static Engine engine;
  private static ProgramKey fibonacci;
  private static ProgramKey misbehave;

  @BeforeAll
  static void open() throws EngineException {
    engine = Engine.open(EngineOptions.of(EngineKind.MOCK));
    fibonacci = setup(engine, packed(program("fibonacci")));
    misbehave = setup(engine, program("misbehave"));
  }

  @AfterAll
  static void close() {
    misbehave.close();
    fibonacci.close();
    engine.close();
  }

  @Test
  void shouldSayWhatItIs() {
    assertThat(engine.info()).isEqualTo(new EngineInfo(EngineKind.MOCK, "6.10.0", "v6.1.0"));
  }

  @Test
  void shouldGiveOneProgramOneHashWhateverItsEncoding() throws EngineException {
    assertThat(fibonacci.vkHash()).hasSize(32).isNotEqualTo(misbehave.vkHash());
    assertThat(fibonacci.vk()).hasSize(104);
    try (ProgramKey again = setup(engine, program("fibonacci"))) {
      assertThat(again.vkHash()).isEqualTo(fibonacci.vkHash());
    }
  }

  @Test
  void shouldExecuteTheSameWhateverTheInputsEncoding() throws Exception {
    for (byte[] upload : new byte[][] {TEN, packed(TEN)}) {
      try (Stdin stdin = decode(engine, upload)) {
        assertThat(stdin.size()).isEqualTo(TEN.length);
        Executed executed = (Executed) engine.execute(fibonacci, stdin, NO_LIMIT);
        assertThat(executed.cycles()).isBetween(1_000L, 100_000L);
        assertThat(executed.gas()).isPositive();
        ByteBuffer values = ByteBuffer.wrap(executed.publicValues()).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(new int[] {values.getInt(), values.getInt(), values.getInt()})
            .containsExactly(10, 55, 89);
        assertThat(executed.publicValuesDigest())
            .isEqualTo(MessageDigest.getInstance("SHA-256").digest(executed.publicValues()));
      }
    }
  }

  @Test
  void shouldLetTheCycleLimitBeReachedButNotExceeded() throws EngineException {
    try (Stdin stdin = decode(engine, TEN)) {
      long cycles = ((Executed) engine.execute(fibonacci, stdin, NO_LIMIT)).cycles();
      assertThat(engine.execute(fibonacci, stdin, cycles)).isInstanceOf(Executed.class);
      assertThat(engine.execute(fibonacci, stdin, cycles - 1))
          .isEqualTo(failed(ExecutionFailure.EXCEEDED_CYCLE_LIMIT));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1, HALT_WITH_NON_ZERO_EXIT_CODE",
    "3, HALT_WITH_NON_ZERO_EXIT_CODE",
    "4, EXCEEDED_CYCLE_LIMIT",
    "5, INVALID_MEMORY_ACCESS",
    "6, UNSPECIFIED",
    "7, UNIMPLEMENTED",
    "8, UNIMPLEMENTED",
    "9, HALT_WITH_NON_ZERO_EXIT_CODE",
    "12, EXCEEDED_CYCLE_LIMIT",
  })
  void shouldNameTheCauseWhenAProgramFails(int selector, ExecutionFailure cause)
      throws EngineException {
    try (Stdin stdin = decode(engine, stdin(u32(selector), text(SECRET)))) {
      assertThat(engine.execute(misbehave, stdin, 1_000_000)).isEqualTo(failed(cause));
    }
  }

  @ParameterizedTest
  @EnumSource(ProofMode.class)
  void shouldProveAndVerifyInEveryMode(ProofMode mode) throws EngineException {
    try (Stdin stdin = decode(engine, TEN);
        Proof proof = engine.prove(fibonacci, stdin, mode)) {
      engine.verify(fibonacci, proof);
      byte[] bytes = bytes(proof);
      assertThat(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt())
          .isEqualTo(mode.number() - 1);
      try (Proof copy = engine.proofOf(buffer(engine, bytes))) {
        engine.verify(fibonacci, copy);
      }
    }
  }

  @Test
  void shouldReadAProofInPieces() throws EngineException {
    try (Stdin stdin = decode(engine, TEN);
        Proof proof = engine.prove(fibonacci, stdin, ProofMode.COMPRESSED)) {
      byte[] whole = bytes(proof);
      ByteBuffer piece = ByteBuffer.allocateDirect(100);
      for (int offset = 0; offset < whole.length; offset += 100) {
        piece.clear();
        int count = proof.read(offset, piece);
        byte[] got = new byte[count];
        piece.flip().get(got);
        assertThat(got)
            .isEqualTo(Arrays.copyOfRange(whole, offset, Math.min(offset + 100, whole.length)));
      }
      piece.clear();
      assertThat(proof.read(whole.length, piece)).isZero();
    }
  }

  @Test
  void shouldRefuseAProofThatWasTamperedWith() throws EngineException {
    byte[] bytes;
    try (Stdin stdin = decode(engine, TEN);
        Proof proof = engine.prove(fibonacci, stdin, ProofMode.GROTH16)) {
      bytes = bytes(proof);
      assertRefused(Kind.VERIFY_FAILED, () -> engine.verify(misbehave, proof));
    }
    byte[] cut = Arrays.copyOf(bytes, bytes.length / 2);
    byte[] garbled = bytes.clone();
    // The public values lie before the length and the text of the version and an empty TEE proof.
    garbled[bytes.length - 1 - 6 - 8 - 1] ^= 1;
    for (byte[] tampered : new byte[][] {cut, garbled, {}}) {
      try (Proof proof = engine.proofOf(buffer(engine, tampered))) {
        assertRefused(Kind.VERIFY_FAILED, () -> engine.verify(fibonacci, proof));
      }
    }
  }

  @Test
  void shouldNotProveAnExecutionThatFails() throws EngineException {
    try (Stdin stdin = decode(engine, stdin(u32(1), text(SECRET)))) {
      assertRefused(
          Kind.EXECUTION_FAILED, () -> engine.prove(misbehave, stdin, ProofMode.CORE).close());
    }
  }

  @Test
  void shouldRefuseWhatIsNoInput() {
    for (byte[] upload : new byte[][] {{}, noise(1000), Arrays.copyOf(TEN, TEN.length - 1)}) {
      assertRefused(Kind.BAD_STDIN, () -> decode(engine, upload).close());
    }
    byte[] cut = Arrays.copyOf(packed(TEN), 20);
    assertRefused(Kind.BAD_STDIN, () -> decode(engine, cut).close());
  }

  @Test
  void shouldRefuseWhatIsNoProgram() {
    byte[] elf = Uploads.elf("fibonacci");
    byte[] half = program(Arrays.copyOf(elf, elf.length / 2));
    for (byte[] upload : new byte[][] {{}, noise(1000), program(noise(1000)), half}) {
      assertRefused(Kind.BAD_PROGRAM, () -> setup(engine, upload).close());
    }
  }

  @Test
  void shouldRefuseABombBeforeItGoesOff() {
    byte[] bomb = packed(stdin(new byte[64 << 20]));
    assertThat(bomb.length).isLessThan(100_000);
    try (NativeBuffer buffer = buffer(engine, bomb)) {
      assertRefused(Kind.TOO_LARGE, () -> engine.decodeStdin(buffer, 1 << 20).close());
    }
    try (NativeBuffer buffer = buffer(engine, packed(program(new byte[64 << 20])))) {
      assertRefused(Kind.TOO_LARGE, () -> engine.setup(buffer, 1 << 20).close());
    }
  }

  @Test
  void shouldEmptyTheUploadWhenDecoding() throws EngineException {
    try (NativeBuffer buffer = buffer(engine, TEN)) {
      assertThat(buffer.size()).isEqualTo(TEN.length);
      engine.decodeStdin(buffer).close();
      assertThat(buffer.size()).isZero();
    }
  }

  @Test
  void shouldTurnAPanicIntoAnError() throws EngineException {
    NativeCalls calls = NativeLibrary.load(null);
    assertRefused(Kind.PANIC, calls::panic);
    try (Stdin stdin = decode(engine, TEN)) {
      assertThat(engine.execute(fibonacci, stdin, NO_LIMIT)).isInstanceOf(Executed.class);
    }
  }

  @Test
  void shouldRefuseToUseWhatIsClosed() throws EngineException {
    NativeBuffer buffer = buffer(engine, TEN);
    Stdin stdin = engine.decodeStdin(buffer);
    Proof proof = engine.prove(fibonacci, stdin, ProofMode.CORE);
    for (AutoCloseable closeable : new AutoCloseable[] {buffer, stdin, proof}) {
      closeTwice(closeable);
    }
    assertThatIllegalStateException().isThrownBy(buffer::size);
    assertThatIllegalStateException().isThrownBy(() -> buffer.append(ByteBuffer.allocate(1)));
    assertThatIllegalStateException().isThrownBy(() -> engine.decodeStdin(buffer));
    assertThatIllegalStateException().isThrownBy(() -> engine.execute(fibonacci, stdin, 1));
    assertThatIllegalStateException().isThrownBy(() -> engine.verify(fibonacci, proof));
  }

  @Test
  void shouldKeepAProgramUsableOnlyWithItsOwnEngine() throws EngineException {
    Engine other = Engine.open(EngineOptions.of(EngineKind.MOCK));
    try (Stdin stdin = decode(engine, TEN)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> other.execute(fibonacci, stdin, NO_LIMIT));
    } finally {
      other.close();
    }
    assertThatIllegalStateException().isThrownBy(() -> setup(other, program("fibonacci")));
  }

  @Test
  void shouldFinishAnExecutionWhoseInputIsClosedMeanwhile() throws Exception {
    try (ExecutorService executor = Executors.newFixedThreadPool(4)) {
      Stdin stdin = decode(engine, stdin(u32(11), text(SECRET)));
      var executions =
          IntStream.range(0, 4)
              .<Future<ExecutionOutcome>>mapToObj(
                  _ -> executor.submit(() -> engine.execute(misbehave, stdin, NO_LIMIT)))
              .toList();
      stdin.close();
      for (Future<ExecutionOutcome> execution : executions) {
        try {
          assertThat(execution.get()).isInstanceOf(Executed.class);
        } catch (ExecutionException e) {
          // It had not begun when the input was closed.
          assertThat(e).hasCauseInstanceOf(IllegalStateException.class);
        }
      }
    }
  }

  @Test
  void shouldSayWhereItLookedWhenThereIsNoLibrary() {
    EngineOptions options = new EngineOptions(EngineKind.MOCK, 0, Path.of("no", "such.so"));
    assertThatExceptionOfType(EngineException.class)
        .isThrownBy(() -> Engine.open(options))
        .withMessageContaining("no/such.so")
        .withMessageContaining("native/build")
        .satisfies(e -> assertThat(e.kind()).isEqualTo(Kind.ENGINE_UNAVAILABLE));
  }

  @Test
  void shouldRefuseCudaWhereThereIsNoGpuServer() {
    EngineOptions options = EngineOptions.of(EngineKind.CUDA);
    if (System.getenv("PRIVATE_PROVING_GPU_SERVER") == null) {
      assertRefused(Kind.ENGINE_UNAVAILABLE, () -> Engine.open(options).close());
    }
  }

  private static ExecutionFailed failed(ExecutionFailure cause) {
    return new ExecutionFailed(cause, cause.sentence());
  }

  private static byte[] bytes(Proof proof) {
    ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(proof.size()));
    assertThat(proof.read(0, bytes)).isEqualTo(bytes.capacity());
    return bytes.array();
  }

  private static byte[] noise(int length) {
    byte[] bytes = new byte[length];
    new Random(1).nextBytes(bytes);
    return bytes;
  }

  private static void closeTwice(AutoCloseable closeable) {
    try {
      closeable.close();
      closeable.close();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private interface Attempt {
    void make() throws EngineException;
  }

  private static void assertRefused(Kind kind, Attempt attempt) {
    assertThatExceptionOfType(EngineException.class)
        .isThrownBy(attempt::make)
        .satisfies(e -> assertThat(e.kind()).as(e.getMessage()).isEqualTo(kind))
        .satisfies(e -> assertThat(e.getMessage()).isNotBlank().doesNotContain(SECRET));
  }
}
