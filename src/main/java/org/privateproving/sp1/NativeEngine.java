package org.privateproving.sp1;

import java.lang.foreign.MemorySegment;
import org.privateproving.sp1.ExecutionOutcome.Executed;
import org.privateproving.sp1.ExecutionOutcome.ExecutionFailed;

final class NativeEngine implements Engine {

  private final NativeCalls calls;
  private final NativeHandle handle;
  private final EngineInfo info;

  private NativeEngine(NativeCalls calls, NativeHandle handle, EngineInfo info) {
    this.calls = calls;
    this.handle = handle;
    this.info = info;
  }

  static NativeEngine open(EngineOptions options) throws EngineException {
    NativeCalls calls = NativeLibrary.load(options.library());
    EngineInfo info = calls.info(options.kind());
    MemorySegment pointer = calls.openEngine(options.kind(), options.device());
    return new NativeEngine(calls, new NativeHandle("engine", pointer, calls.engineFree), info);
  }

  @Override
  public EngineInfo info() {
    return info;
  }

  @Override
  public NativeBytes newBuffer(long sizeHint) {
    try {
      return new NativeBytes(calls, "buffer", calls.newBuffer(Math.max(0, sizeHint)));
    } catch (EngineException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public ProgramKey setup(NativeBuffer upload, long limit) throws EngineException {
    MemorySegment program;
    try (var engine = handle.use();
        var bytes = own(upload).handle().use()) {
      program = calls.setup(engine.pointer(), bytes.pointer(), limit);
    }
    NativeHandle programHandle = new NativeHandle("program", program, calls.programFree);
    try (NativeBytes vk = new NativeBytes(calls, "key", calls.vk(program))) {
      return new NativeProgramKey(this, programHandle, calls.vkHash(program), vk.toArray());
    } catch (EngineException | RuntimeException e) {
      programHandle.close();
      throw e;
    }
  }

  @Override
  public Stdin decodeStdin(NativeBuffer upload, long limit) throws EngineException {
    try (var bytes = own(upload).handle().use()) {
      return new NativeStdin(calls, calls.decodeStdin(bytes.pointer(), limit));
    }
  }

  @Override
  public ExecutionOutcome execute(ProgramKey program, Stdin stdin, long cycleLimit)
      throws EngineException {
    NativeCalls.Execution execution;
    try (var key = own(program).handle().use();
        var input = own(stdin).handle().use()) {
      execution = calls.execute(key.pointer(), input.pointer(), cycleLimit);
    }
    try (NativeBytes values = new NativeBytes(calls, "public values", execution.publicValues())) {
      if (execution.failure() >= 0) {
        ExecutionFailure cause = ExecutionFailure.of(execution.failure());
        return new ExecutionFailed(cause, cause.sentence());
      }
      return new Executed(
          execution.cycles(), execution.gas(), values.toArray(), execution.digest());
    }
  }

  @Override
  public Proof prove(ProgramKey program, Stdin stdin, ProofMode mode) throws EngineException {
    try (var key = own(program).handle().use();
        var input = own(stdin).handle().use()) {
      MemorySegment proof = calls.prove(key.pointer(), input.pointer(), mode);
      return new NativeBytes(calls, "proof", proof);
    }
  }

  @Override
  public Proof proofOf(NativeBuffer bytes) {
    return own(bytes);
  }

  @Override
  public void verify(ProgramKey program, Proof proof) throws EngineException {
    if (!(proof instanceof NativeBytes bytes)) {
      throw new IllegalArgumentException("proof: of another library");
    }
    try (var key = own(program).handle().use();
        var use = bytes.handle().use()) {
      calls.verify(key.pointer(), use.pointer());
    }
  }

  @Override
  public void close() {
    handle.close();
  }

  private static NativeBytes own(NativeBuffer buffer) {
    if (buffer instanceof NativeBytes bytes) {
      return bytes;
    }
    throw new IllegalArgumentException("buffer: of another library");
  }

  private NativeProgramKey own(ProgramKey program) {
    if (program instanceof NativeProgramKey key && key.engine() == this) {
      return key;
    }
    throw new IllegalArgumentException("program: set up by another engine (expected: by this one)");
  }

  private static NativeStdin own(Stdin stdin) {
    if (stdin instanceof NativeStdin input) {
      return input;
    }
    throw new IllegalArgumentException("stdin: of another library");
  }
}
