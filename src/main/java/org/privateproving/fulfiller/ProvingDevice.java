package org.privateproving.fulfiller;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.privateproving.domain.FailureCause;
import org.privateproving.domain.VkHash;
import org.privateproving.fulfiller.WorkReport.ExecutionReport;
import org.privateproving.fulfiller.WorkReport.Fault;
import org.privateproving.sp1.EngineInfo;
import org.privateproving.sp1.NativeBuffer;

/**
 * One engine and the proving keys it keeps warm. All native work runs on one thread of the device's
 * own, in the order in which it was asked for; methods return at once.
 */
interface ProvingDevice extends AutoCloseable {

  EngineInfo info();

  /** Programs whose keys are ready, as of the last finished call. */
  Set<VkHash> warm();

  /** A buffer outside the Java heap; the caller owns it until it hands it to {@link #run}. */
  NativeBuffer newBuffer(long sizeHint);

  /**
   * Sets the program up unless its key is warm, and executes it. Takes ownership of both buffers.
   *
   * @param program must be there unless the key is warm
   */
  CompletionStage<RunOutcome> run(
      Assignment assignment, Optional<NativeBuffer> program, NativeBuffer stdin);

  /** Proves the latest run and verifies the proof. The stage fails with {@link JobFailed}. */
  CompletionStage<VerifiedProof> prove(Assignment assignment);

  /** Lets go of what the latest run holds; always call it when a job is over. */
  void release();

  @Override
  void close();

  /** How a run went. */
  sealed interface RunOutcome {
    record Ran(ExecutionReport report) implements RunOutcome {}

    record Stopped(FailureCause cause, String detail, Fault fault) implements RunOutcome {}
  }

  /** A job that ends without a proof, for a reason that has a name. */
  final class JobFailed extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final FailureCause cause;
    private final Fault fault;

    JobFailed(FailureCause cause, String detail, Fault fault) {
      super(detail, null, false, false);
      this.cause = cause;
      this.fault = fault;
    }

    FailureCause failureCause() {
      return cause;
    }

    Fault fault() {
      return fault;
    }
  }
}
