package org.privateproving.sp1;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Executes nothing and proves nothing: for load tests of everything around the prover. It takes its
 * inputs in as every engine does, keeps none of their bytes, believes whatever is said of a
 * program, and calls each input executed and proved.
 */
final class NoopEngine implements Engine {
  /** The circuits that its requests are made for; its proofs are of none. */
  static final String CIRCUIT_VERSION = "v6.1.0";

  private final Duration proving;

  /**
   * @param proving how long a proof takes
   */
  NoopEngine(Duration proving) {
    this.proving = proving;
  }

  @Override
  public EngineInfo info() {
    return new EngineInfo(EngineKind.NOOP, NoopProof.VERSION, CIRCUIT_VERSION);
  }

  @Override
  public NativeBuffer newBuffer(long sizeHint) {
    return new Counter();
  }

  @Override
  public ProgramKey setup(NativeBuffer upload, long limit) throws EngineException {
    checkSize("The program", upload, limit);
    return AnyProgram.INSTANCE;
  }

  @Override
  public Stdin decodeStdin(NativeBuffer upload, long limit) throws EngineException {
    checkSize("The input", upload, limit);
    return new Taken(upload.size());
  }

  private static void checkSize(String what, NativeBuffer upload, long limit)
      throws EngineException {
    if (upload.size() > limit) {
      throw new EngineException(
          EngineException.Kind.TOO_LARGE,
          "%s has %d bytes (expected: at most %d).".formatted(what, upload.size(), limit));
    }
  }

  @Override
  public ExecutionOutcome execute(ProgramKey program, Stdin stdin, long cycleLimit) {
    return new ExecutionOutcome.Executed(1, 1, new byte[0], NoopProof.publicValuesDigest());
  }

  @Override
  public Proof prove(ProgramKey program, Stdin stdin, ProofMode mode) {
    spend(proving);
    return new NoopProof(mode);
  }

  /** As {@link Engine} demands, to its end whoever interrupts. */
  private static void spend(Duration duration) {
    long end = System.nanoTime() + duration.toNanos();
    boolean interrupted = false;
    for (long left = duration.toNanos(); left > 0; left = end - System.nanoTime()) {
      try {
        TimeUnit.NANOSECONDS.sleep(left);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** A buffer of this engine keeps no bytes, so there is nothing that could be a proof. */
  @Override
  public Proof proofOf(NativeBuffer bytes) {
    throw new UnsupportedOperationException("the noop engine keeps no bytes");
  }

  @Override
  public void verify(ProgramKey program, Proof proof) throws EngineException {
    if (!(proof instanceof NoopProof)) {
      throw new EngineException(
          EngineException.Kind.VERIFY_FAILED, "The noop engine verifies nothing but its own.");
    }
  }

  @Override
  public void close() {}

  /** Counts what it is given. */
  private static final class Counter implements NativeBuffer {
    private long size;

    @Override
    public void append(ByteBuffer bytes) {
      size += bytes.remaining();
      bytes.position(bytes.limit());
    }

    @Override
    public long size() {
      return size;
    }

    @Override
    public void close() {}
  }

  private record Taken(long size) implements Stdin {
    @Override
    public void close() {}
  }

  /** Whatever a request says it is. */
  private enum AnyProgram implements ProgramKey {
    INSTANCE;

    @Override
    public byte[] vkHash() {
      return new byte[32];
    }

    @Override
    public boolean isKnownAs(byte[] vkHash) {
      return true;
    }

    @Override
    public byte[] vk() {
      return new byte[0];
    }

    @Override
    public void close() {}
  }
}
