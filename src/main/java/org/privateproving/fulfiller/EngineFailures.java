package org.privateproving.fulfiller;

import org.privateproving.domain.FailureCause;
import org.privateproving.fulfiller.WorkReport.Fault;
import org.privateproving.sp1.EngineException;
import org.privateproving.sp1.ExecutionFailure;

/** What an engine's failure means for the request: a pure table. */
final class EngineFailures {
  private EngineFailures() {}

  static JobFailed of(EngineException failure) {
    return switch (failure.kind()) {
      case BAD_PROGRAM ->
          new JobFailed(FailureCause.MALFORMED_PROGRAM, text(failure), Fault.REQUEST);
      case BAD_STDIN, TOO_LARGE ->
          new JobFailed(FailureCause.MALFORMED_STDIN, text(failure), Fault.REQUEST);
      // It ran a moment ago: the prover and the executor disagree.
      case EXECUTION_FAILED, PANIC, ENGINE_UNAVAILABLE, VERIFY_FAILED, OTHER ->
          new JobFailed(FailureCause.PROVING_FAILED, text(failure), Fault.DEVICE);
    };
  }

  static FailureCause cause(ExecutionFailure failure) {
    return switch (failure) {
      case UNSPECIFIED -> FailureCause.EXECUTION_FAILED;
      case HALT_WITH_NON_ZERO_EXIT_CODE -> FailureCause.HALT_WITH_NON_ZERO_EXIT_CODE;
      case INVALID_MEMORY_ACCESS -> FailureCause.INVALID_MEMORY_ACCESS;
      case UNSUPPORTED_SYSCALL -> FailureCause.UNSUPPORTED_SYSCALL;
      case BREAKPOINT -> FailureCause.BREAKPOINT;
      case EXCEEDED_CYCLE_LIMIT -> FailureCause.EXCEEDED_CYCLE_LIMIT;
      case INVALID_SYSCALL_USAGE -> FailureCause.INVALID_SYSCALL_USAGE;
      case UNIMPLEMENTED -> FailureCause.UNIMPLEMENTED;
      case END_IN_UNCONSTRAINED -> FailureCause.END_IN_UNCONSTRAINED;
      case EXCEEDED_GAS_LIMIT -> FailureCause.EXCEEDED_GAS_LIMIT;
    };
  }

  private static String text(EngineException failure) {
    return String.valueOf(failure.getMessage());
  }
}
