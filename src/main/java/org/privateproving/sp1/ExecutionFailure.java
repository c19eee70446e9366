package org.privateproving.sp1;

/** Why a program failed on an input; the numbers are the network's {@code ExecuteFailureCause}. */
public enum ExecutionFailure {
  UNSPECIFIED(0, "the program failed in a way that has no name of its own"),
  HALT_WITH_NON_ZERO_EXIT_CODE(1, "the program ended with an exit code other than 0 (or panicked)"),
  INVALID_MEMORY_ACCESS(2, "the program used memory that is not there"),
  UNSUPPORTED_SYSCALL(3, "the program made a syscall that SP1 does not have"),
  BREAKPOINT(4, "the program reached a breakpoint"),
  EXCEEDED_CYCLE_LIMIT(5, "the program needs more cycles than the request allows"),
  INVALID_SYSCALL_USAGE(6, "the program made a syscall where it is not allowed"),
  UNIMPLEMENTED(7, "the program reached an instruction that SP1 does not have"),
  END_IN_UNCONSTRAINED(8, "the program ended inside an unconstrained block"),
  /** Never found by an engine: whoever knows the request's limit compares the gas with it. */
  EXCEEDED_GAS_LIMIT(9, "the program needs more gas than the request allows");

  private final int number;
  private final String sentence;

  ExecutionFailure(int number, String sentence) {
    this.number = number;
    this.sentence = sentence;
  }

  /** The number this cause has on the wire. */
  public int number() {
    return number;
  }

  /** The cause in words; made of nothing but them. */
  public String sentence() {
    return sentence;
  }

  /** The cause that has this number on the wire; a number of the future is unspecified. */
  public static ExecutionFailure of(int number) {
    for (ExecutionFailure failure : values()) {
      if (failure.number == number) {
        return failure;
      }
    }
    return UNSPECIFIED;
  }
}
