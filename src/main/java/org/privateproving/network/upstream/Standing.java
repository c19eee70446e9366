package org.privateproving.network.upstream;

import java.time.Instant;
import org.privateproving.network.ProverNetwork.ReportOutcome;
import org.privateproving.network.ProverNetwork.Result;
import org.privateproving.wire.network.ExecutionStatus;
import org.privateproving.wire.network.FulfillmentStatus;
import org.privateproving.wire.network.GetProofRequestStatusResponse;

/** How a request stands at the network, as far as a result for it is concerned. */
enum Standing {
  /** It waits for its result. */
  OPEN,
  FULFILLED,
  /** Somebody said that it cannot be executed, or not be proved. */
  FAILED,
  /** Its deadline is over. */
  OVER;

  private static final byte[] NO_TX = new byte[32];

  /** Whether a report of {@code result} is still to be made, or what has come of it. */
  sealed interface Verdict {
    record Send() implements Verdict {}

    record Done(ReportOutcome outcome) implements Verdict {}
  }

  static Standing of(GetProofRequestStatusResponse status, Instant now) {
    if (status.getFulfillmentStatus() == FulfillmentStatus.FULFILLED) {
      return FULFILLED;
    }
    if (status.getFulfillmentStatus() == FulfillmentStatus.UNFULFILLABLE
        || status.getFulfillmentStatus() == FulfillmentStatus.REVERTED
        || status.getExecutionStatus() == ExecutionStatus.UNEXECUTABLE
        || status.getExecutionStatus() == ExecutionStatus.VALIDATION_FAILED) {
      return FAILED;
    }
    // Unsigned: hosted-style deadlines may lie beyond 2^63.
    boolean past =
        status.getDeadline() != 0
            && Long.compareUnsigned(status.getDeadline(), now.getEpochSecond()) < 0;
    return status.getFulfillmentStatus() == FulfillmentStatus.EXPIRED || past ? OVER : OPEN;
  }

  /**
   * Looked at before every report: the answer to an earlier one may have been lost, and a result
   * must not be reported twice.
   */
  static Verdict verdict(GetProofRequestStatusResponse status, Result result, Instant now) {
    return switch (of(status, now)) {
      case OPEN -> new Verdict.Send();
      case FULFILLED -> new Verdict.Done(new ReportOutcome.Taken(txHash(status)));
      case FAILED ->
          new Verdict.Done(
              result instanceof Result.Failure
                  ? new ReportOutcome.Taken(NO_TX)
                  : new ReportOutcome.Rejected("the network closed the request as failed"));
      case OVER -> new Verdict.Done(new ReportOutcome.TooLate());
    };
  }

  private static byte[] txHash(GetProofRequestStatusResponse status) {
    byte[] hash = status.getFulfillTxHash().toByteArray();
    return hash.length == NO_TX.length ? hash : NO_TX.clone();
  }
}
