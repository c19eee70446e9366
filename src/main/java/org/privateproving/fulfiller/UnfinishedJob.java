package org.privateproving.fulfiller;

import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * A job whose fulfiller has lost its cluster. The device goes on with it, and the next fulfiller at
 * the same {@link Workplace} tells the owner of the lease.
 *
 * @param work empty: nothing had come in yet
 * @param step what the device is at, if anything
 */
record UnfinishedJob(
    Assignment assignment,
    JobState state,
    Optional<ProvingJob> work,
    Optional<CompletionStage<StepOutcome>> step,
    boolean leaseGone,
    Instant startedAt,
    Instant phaseSince) {

  void drop() {
    work.ifPresent(ProvingJob::close);
  }
}
