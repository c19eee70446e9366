package org.privateproving.fulfiller;

import org.privateproving.domain.FailureCause;
import org.privateproving.fulfiller.WorkReport.Fault;

/** A job that ends without a proof, for a reason that has a name. */
final class JobFailed extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final FailureCause cause;
  private final Fault fault;

  /**
   * @param detail a sentence for the requester; holds nothing of the input
   */
  JobFailed(FailureCause cause, String detail, Fault fault) {
    super(detail, null, false, false);
    this.cause = cause;
    this.fault = fault;
  }

  FailureCause failureCause() {
    return cause;
  }

  String detail() {
    return String.valueOf(getMessage());
  }

  Fault fault() {
    return fault;
  }
}
