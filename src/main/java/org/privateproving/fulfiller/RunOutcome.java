package org.privateproving.fulfiller;

import org.privateproving.domain.FailureCause;
import org.privateproving.fulfiller.WorkReport.ExecutionReport;
import org.privateproving.fulfiller.WorkReport.Fault;

/** How the execution of a job's program went. */
sealed interface RunOutcome {
  /** As ordered: it may be proved. */
  record Ran(ExecutionReport report) implements RunOutcome {}

  /**
   * It is not to be proved.
   *
   * @param detail a sentence for the requester; holds nothing of the input
   */
  record Stopped(FailureCause cause, String detail, Fault fault) implements RunOutcome {
    static Stopped by(JobFailed failed) {
      return new Stopped(failed.failureCause(), failed.detail(), failed.fault());
    }
  }
}
