package org.privateproving.sp1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.privateproving.sp1.ExecutionOutcome.Executed;

class NoopEngineTest {
  private static final byte[] HASH = new byte[32];

  static {
    Arrays.fill(HASH, (byte) 7);
  }

  private static Engine open(Duration proving) throws EngineException {
    return Engine.open(new EngineOptions(EngineKind.NOOP, 0, null, proving));
  }

  private static NativeBuffer upload(Engine engine, int size) {
    NativeBuffer buffer = engine.newBuffer(0);
    ByteBuffer bytes = ByteBuffer.allocate(size);
    buffer.append(bytes);
    assertThat(bytes.hasRemaining()).isFalse();
    return buffer;
  }

  private static byte[] prove(Engine engine, ProofMode mode) throws EngineException {
    try (ProgramKey program = engine.setup(upload(engine, 100));
        Stdin stdin = engine.decodeStdin(upload(engine, 24));
        Proof proof = engine.prove(program, stdin, mode)) {
      engine.verify(program, proof);
      ByteBuffer bytes = ByteBuffer.allocate((int) proof.size());
      assertThat(proof.read(0, bytes)).isEqualTo(bytes.capacity());
      return bytes.array();
    }
  }

  @Test
  void shouldSayThatItIsNoProver() throws EngineException {
    assertThat(open(Duration.ZERO).info())
        .isEqualTo(new EngineInfo(EngineKind.NOOP, "noop", "v6.1.0"));
  }

  @Test
  void shouldBelieveWhateverIsSaidOfAProgram() throws EngineException {
    try (Engine engine = open(Duration.ZERO);
        ProgramKey program = engine.setup(upload(engine, 100))) {
      assertThat(program.isKnownAs(HASH)).isTrue();
    }
  }

  @Test
  void shouldCallEveryInputExecuted() throws EngineException {
    try (Engine engine = open(Duration.ZERO);
        ProgramKey program = engine.setup(upload(engine, 100));
        Stdin stdin = engine.decodeStdin(upload(engine, 24))) {
      assertThat(stdin.size()).isEqualTo(24);
      Executed executed = (Executed) engine.execute(program, stdin, 1);
      assertThat(executed.cycles()).isEqualTo(1);
      assertThat(executed.publicValues()).isEmpty();
      assertThat(executed.publicValuesDigest()).hasSize(32);
    }
  }

  @Test
  void shouldRefuseWhatIsLargerThanAllowed() throws EngineException {
    try (Engine engine = open(Duration.ZERO)) {
      assertThatExceptionOfType(EngineException.class)
          .isThrownBy(() -> engine.decodeStdin(upload(engine, 25), 24))
          .satisfies(e -> assertThat(e.kind()).isEqualTo(EngineException.Kind.TOO_LARGE));
    }
  }

  @ParameterizedTest
  @EnumSource(ProofMode.class)
  void shouldMarkItsProofsSoThatNoVerifierTakesThemForReal(ProofMode mode) throws EngineException {
    try (Engine engine = open(Duration.ZERO)) {
      byte[] proof = prove(engine, mode);
      assertThat(proof[0]).isEqualTo((byte) (mode.number() - 1));
      assertThat(proof).endsWith("noop".getBytes(StandardCharsets.US_ASCII));
    }
  }

  @Test
  void shouldReadAProofInPieces() throws EngineException {
    Proof proof = new NoopProof(ProofMode.CORE);
    ByteBuffer piece = ByteBuffer.allocate(10);
    assertThat(proof.read(proof.size() - 4, piece)).isEqualTo(4);
    assertThat(proof.read(proof.size(), piece)).isZero();
    assertThat(piece.flip()).isEqualTo(ByteBuffer.wrap("noop".getBytes(StandardCharsets.US_ASCII)));
  }

  @Test
  @Timeout(20)
  void shouldTakeTheTimeThatIsAskedForEvenWhenItIsInterrupted() throws EngineException {
    try (Engine engine = open(Duration.ofMillis(60))) {
      Thread.currentThread().interrupt();
      long start = System.nanoTime();
      prove(engine, ProofMode.CORE);
      assertThat(Thread.interrupted()).isTrue();
      assertThat(System.nanoTime() - start)
          .isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(60));
    }
  }
}
