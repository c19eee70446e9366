package org.privateproving.sp1;

/** What does the proving. */
public enum EngineKind {
  /** Executes for real; the proof is a stub that only the SDK's mock prover verifies. */
  MOCK(0),
  /** Proves for real on the processor: minutes for a small program, gigabytes of memory. */
  CPU(1),
  /** Proves for real on one GPU, through SP1's GPU server. */
  CUDA(2),
  /** Executes nothing, proves nothing, in no time: for load tests. Not in the native library. */
  NOOP(-1);

  private final int number;

  EngineKind(int number) {
    this.number = number;
  }

  int number() {
    return number;
  }
}
