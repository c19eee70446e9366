package org.privateproving.domain;

/** Why a request failed for good. Names are stored in the journal: add, never rename. */
public enum FailureCause {
  // The program did not run to a clean end on this input.
  HALT_WITH_NON_ZERO_EXIT_CODE(Kind.UNEXECUTABLE),
  INVALID_MEMORY_ACCESS(Kind.UNEXECUTABLE),
  UNSUPPORTED_SYSCALL(Kind.UNEXECUTABLE),
  BREAKPOINT(Kind.UNEXECUTABLE),
  EXCEEDED_CYCLE_LIMIT(Kind.UNEXECUTABLE),
  INVALID_SYSCALL_USAGE(Kind.UNEXECUTABLE),
  UNIMPLEMENTED(Kind.UNEXECUTABLE),
  END_IN_UNCONSTRAINED(Kind.UNEXECUTABLE),
  EXCEEDED_GAS_LIMIT(Kind.UNEXECUTABLE),
  /** Execution failed in a way that has no name of its own. */
  EXECUTION_FAILED(Kind.UNEXECUTABLE),
  /** The stdin is not the encoding of an SP1Stdin. */
  MALFORMED_STDIN(Kind.UNEXECUTABLE),
  /** The program is not an ELF that SP1 can load. */
  MALFORMED_PROGRAM(Kind.UNEXECUTABLE),

  // It may well run, but no proof will come of it.
  VERIFICATION_KEY_MISMATCH(Kind.UNFULFILLABLE),
  PUBLIC_VALUES_MISMATCH(Kind.UNFULFILLABLE),
  /** The prover failed, or its proof did not verify, as often as we try. */
  PROVING_FAILED(Kind.UNFULFILLABLE),
  /** Every attempt ended without a result: its fulfiller died, hung or was lost. */
  ATTEMPTS_EXHAUSTED(Kind.UNFULFILLABLE),
  /** The stdin or the program is gone, though the request is alive. */
  INPUTS_LOST(Kind.UNFULFILLABLE),
  /** The requester asked for it. */
  CANCELED(Kind.UNFULFILLABLE),
  /** The network refuses the result for good. */
  REFUSED_BY_NETWORK(Kind.UNFULFILLABLE),
  /** Somebody else told the network that it cannot be proved. */
  CLOSED_BY_NETWORK(Kind.UNFULFILLABLE);

  /** The two ways in which a client is told of a failure. */
  public enum Kind {
    UNEXECUTABLE,
    UNFULFILLABLE
  }

  private final Kind kind;

  FailureCause(Kind kind) {
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}
