package org.privateproving.sp1;

/**
 * SP1's prover on one device.
 *
 * <p>All calls block, some for minutes: call them on threads that may block. Any thread may call,
 * and several at once; a CUDA engine works through them one after the other. Interrupting a call
 * does nothing. Whatever has a {@code close} belongs to the caller. Closing twice does nothing, use
 * after closing throws {@link IllegalStateException}, and something closed while another thread is
 * using it goes away when that use ends.
 */
public interface Engine extends AutoCloseable {

  /** What a decoded program may take unless told otherwise: 512 MiB. */
  long DEFAULT_PROGRAM_LIMIT = 512L << 20;

  /** What a decoded input may take unless told otherwise: 8 GiB. */
  long DEFAULT_STDIN_LIMIT = 8L << 30;

  /**
   * Opens an engine, in seconds. A CPU engine computes the keys its proofs need when it proves for
   * the first time, which takes minutes.
   *
   * @throws EngineException of kind {@code ENGINE_UNAVAILABLE}
   */
  static Engine open(EngineOptions options) throws EngineException {
    return options.kind() == EngineKind.NOOP
        ? new NoopEngine(options.noopDuration())
        : NativeEngine.open(options);
  }

  EngineInfo info();

  /** An empty buffer outside the Java heap. {@code sizeHint}: the bytes expected, or 0. */
  NativeBuffer newBuffer(long sizeHint);

  /**
   * Makes a program ready: seconds, unless this process has seen the program before.
   *
   * @param upload the program as the SDK uploaded it (bincode, plain or in zstd); empty afterwards,
   *     and still the caller's to close
   * @throws EngineException {@code BAD_PROGRAM}, {@code TOO_LARGE}
   */
  default ProgramKey setup(NativeBuffer upload) throws EngineException {
    return setup(upload, DEFAULT_PROGRAM_LIMIT);
  }

  /** As {@link #setup(NativeBuffer)}, with a limit in bytes for the decoded program. */
  ProgramKey setup(NativeBuffer upload, long limit) throws EngineException;

  /**
   * Decodes an input. Memory is about the decoded size: the upload is freed while it is read.
   *
   * @param upload the input as the SDK uploaded it (bincode, plain or in zstd); empty afterwards,
   *     and still the caller's to close
   * @throws EngineException {@code BAD_STDIN}, {@code TOO_LARGE}
   */
  default Stdin decodeStdin(NativeBuffer upload) throws EngineException {
    return decodeStdin(upload, DEFAULT_STDIN_LIMIT);
  }

  /** As {@link #decodeStdin(NativeBuffer)}, with a limit in bytes for the decoded input. */
  Stdin decodeStdin(NativeBuffer upload, long limit) throws EngineException;

  /**
   * Executes a program without proving.
   *
   * @param cycleLimit unsigned; may be reached but not exceeded; 2^64-1 for none
   * @return what it came to; a program that fails is an outcome, not an exception
   */
  ExecutionOutcome execute(ProgramKey program, Stdin stdin, long cycleLimit) throws EngineException;

  /** Proves. The program must have been set up by this engine. */
  Proof prove(ProgramKey program, Stdin stdin, ProofMode mode) throws EngineException;

  /** Takes bytes that somebody says are a proof, and the buffer with them: close the proof only. */
  Proof proofOf(NativeBuffer bytes);

  /**
   * Verifies a proof against a program's key.
   *
   * @throws EngineException {@code VERIFY_FAILED}
   */
  void verify(ProgramKey program, Proof proof) throws EngineException;

  /** Lets go of the engine; keys it set up stay usable until they are closed. */
  @Override
  void close();
}
