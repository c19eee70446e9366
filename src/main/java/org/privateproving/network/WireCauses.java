package org.privateproving.network;

import org.privateproving.domain.FailureCause;
import org.privateproving.wire.network.ExecuteFailureCause;
import org.privateproving.wire.network.ProofRequestError;

/** Why a request failed, in the words of the wire: the same to a client and to a network. */
public final class WireCauses {
  private WireCauses() {}

  /** UNSPECIFIED for what is no failure of the execution, or has no name of its own. */
  public static ExecuteFailureCause execution(FailureCause cause) {
    return switch (cause) {
      case HALT_WITH_NON_ZERO_EXIT_CODE -> ExecuteFailureCause.HALT_WITH_NON_ZERO_EXIT_CODE;
      case INVALID_MEMORY_ACCESS -> ExecuteFailureCause.INVALID_MEMORY_ACCESS;
      case UNSUPPORTED_SYSCALL -> ExecuteFailureCause.UNSUPPORTED_SYSCALL;
      case BREAKPOINT -> ExecuteFailureCause.BREAKPOINT;
      case EXCEEDED_CYCLE_LIMIT -> ExecuteFailureCause.EXCEEDED_CYCLE_LIMIT;
      case INVALID_SYSCALL_USAGE -> ExecuteFailureCause.INVALID_SYSCALL_USAGE;
      case UNIMPLEMENTED -> ExecuteFailureCause.UNIMPLEMENTED;
      case END_IN_UNCONSTRAINED -> ExecuteFailureCause.END_IN_UNCONSTRAINED;
      case EXCEEDED_GAS_LIMIT -> ExecuteFailureCause.EXCEEDED_GAS_LIMIT;
      case EXECUTION_FAILED,
          MALFORMED_STDIN,
          MALFORMED_PROGRAM,
          VERIFICATION_KEY_MISMATCH,
          PUBLIC_VALUES_MISMATCH,
          PROVING_FAILED,
          ATTEMPTS_EXHAUSTED,
          INPUTS_LOST,
          CANCELED,
          REFUSED_BY_NETWORK,
          CLOSED_BY_NETWORK ->
          ExecuteFailureCause.UNSPECIFIED_EXECUTION_FAILURE_CAUSE;
    };
  }

  public static ProofRequestError error(FailureCause cause) {
    return switch (cause) {
      case VERIFICATION_KEY_MISMATCH -> ProofRequestError.VERIFICATION_KEY_MISMATCH;
      case PUBLIC_VALUES_MISMATCH -> ProofRequestError.PUBLIC_VALUES_MISMATCH;
      case PROVING_FAILED, ATTEMPTS_EXHAUSTED -> ProofRequestError.PROVING_FAILURE;
      case INPUTS_LOST, REFUSED_BY_NETWORK, CLOSED_BY_NETWORK -> ProofRequestError.UNKNOWN_FAILURE;
      case CANCELED -> ProofRequestError.UNSPECIFIED_PROOF_REQUEST_FAILURE;
      case HALT_WITH_NON_ZERO_EXIT_CODE,
          INVALID_MEMORY_ACCESS,
          UNSUPPORTED_SYSCALL,
          BREAKPOINT,
          EXCEEDED_CYCLE_LIMIT,
          INVALID_SYSCALL_USAGE,
          UNIMPLEMENTED,
          END_IN_UNCONSTRAINED,
          EXCEEDED_GAS_LIMIT,
          EXECUTION_FAILED,
          MALFORMED_STDIN,
          MALFORMED_PROGRAM ->
          ProofRequestError.EXECUTION_FAILURE;
    };
  }
}
