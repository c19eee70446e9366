package org.privateproving.sp1;

/** What executing a program on an input came to. */
public sealed interface ExecutionOutcome {

  /**
   * The program ended well, with exit code 0.
   *
   * @param cycles instructions executed; unsigned
   * @param gas SP1's measure of what a proof costs; unsigned
   * @param publicValues what the program made public; belongs to the receiver
   * @param publicValuesDigest the 32 bytes the program committed to: SHA-256 of the public values,
   *     or BLAKE3 where the program was built for that
   */
  // The arrays are handed over, and nobody compares outcomes.
  @SuppressWarnings("ArrayRecordComponent")
  record Executed(long cycles, long gas, byte[] publicValues, byte[] publicValuesDigest)
      implements ExecutionOutcome {}

  /**
   * The program failed. It would fail again on the same input.
   *
   * @param cause the network's word for it
   * @param message a sentence for people, without anything of the input
   */
  record ExecutionFailed(ExecutionFailure cause, String message) implements ExecutionOutcome {}
}
