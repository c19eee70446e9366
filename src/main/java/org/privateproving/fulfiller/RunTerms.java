package org.privateproving.fulfiller;

import org.privateproving.domain.Digest;
import org.privateproving.domain.FailureCause;
import org.privateproving.fulfiller.WorkReport.ExecutionReport;
import org.privateproving.fulfiller.WorkReport.Fault;
import org.privateproving.sp1.ExecutionOutcome;
import org.privateproving.sp1.ExecutionOutcome.Executed;

/** What an assignment allows the run of its program, and whether a run kept to it. */
final class RunTerms {
  private RunTerms() {}

  /** The lower of what the requester and the operator allow, both unsigned. */
  static long cycleLimit(Assignment assignment, long maxCycles) {
    return Long.compareUnsigned(assignment.cycleLimit(), maxCycles) < 0
        ? assignment.cycleLimit()
        : maxCycles;
  }

  static RunOutcome judge(Assignment assignment, ExecutionOutcome outcome) {
    return switch (outcome) {
      case ExecutionOutcome.ExecutionFailed failed ->
          new RunOutcome.Stopped(
              EngineFailures.cause(failed.cause()), failed.message(), Fault.REQUEST);
      case Executed executed -> judge(assignment, executed);
    };
  }

  /** Whether what ran is what was ordered. */
  private static RunOutcome judge(Assignment assignment, Executed executed) {
    if (Long.compareUnsigned(executed.gas(), assignment.gasLimit()) > 0) {
      return new RunOutcome.Stopped(
          FailureCause.EXCEEDED_GAS_LIMIT,
          "it used "
              + Long.toUnsignedString(executed.gas())
              + " gas (limit: "
              + Long.toUnsignedString(assignment.gasLimit())
              + ")",
          Fault.REQUEST);
    }
    Digest digest = Digest.of(executed.publicValuesDigest());
    if (assignment.publicValuesHash().filter(expected -> !expected.equals(digest)).isPresent()) {
      return new RunOutcome.Stopped(
          FailureCause.PUBLIC_VALUES_MISMATCH,
          "it committed to other public values than the request says",
          Fault.REQUEST);
    }
    return new RunOutcome.Ran(new ExecutionReport(executed.cycles(), executed.gas(), digest));
  }
}
