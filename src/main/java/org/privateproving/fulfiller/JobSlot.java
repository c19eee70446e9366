package org.privateproving.fulfiller;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.privateproving.domain.FailureCause;
import org.privateproving.domain.RequestId;
import org.privateproving.fulfiller.FulfillerMessage.Assign;
import org.privateproving.fulfiller.FulfillerMessage.Inputs;
import org.privateproving.fulfiller.FulfillerMessage.LeaseGone;
import org.privateproving.fulfiller.FulfillerMessage.LeaseRenewed;
import org.privateproving.fulfiller.FulfillerMessage.ProofTarget;
import org.privateproving.fulfiller.FulfillerMessage.Settled;
import org.privateproving.fulfiller.WorkReport.Fault;

/** The one place for a job that a fulfiller has. Confined to the fulfiller's actor. */
final class JobSlot {
  private final JobSurroundings around;
  private @Nullable JobRun job;

  JobSlot(JobSurroundings around) {
    this.around = around;
  }

  boolean isEmpty() {
    return job == null;
  }

  Optional<JobRun> current() {
    return Optional.ofNullable(job);
  }

  /**
   * Takes an assignment in, or declines it.
   *
   * @param device what it would run on; null for none
   * @return the job that is to begin; empty also for an assignment told twice
   */
  Optional<JobRun> assign(Assignment assignment, @Nullable ProvingDevice device) {
    if (current(assignment.id(), assignment.epoch()).isPresent()) {
      return Optional.empty();
    }
    if (device == null || job != null) {
      new LeaseReports(assignment, around.owner(), around.self())
          .gaveUp(FailureCause.PROVING_FAILED, "the fulfiller was busy", Fault.NONE);
      return Optional.empty();
    }
    job = new JobRun(assignment, device, around);
    return current();
  }

  /** Makes a job that another fulfiller left the current one; there must be none. */
  JobRun takeUp(UnfinishedJob unfinished, ProvingDevice device) {
    job = new JobRun(unfinished, device, around);
    return job;
  }

  /** Passes on what the owner of a lease says, if it is about the current job. */
  void tell(FulfillerMessage message) {
    switch (message) {
      case Assign _, LeaseRenewed _ -> {}
      case LeaseGone(RequestId id, long epoch) -> current(id, epoch).ifPresent(JobRun::onLeaseGone);
      case Inputs inputs ->
          current(inputs.id(), inputs.epoch()).ifPresent(job -> job.onInputs(inputs));
      case ProofTarget target ->
          current(target.id(), target.epoch()).ifPresent(job -> job.onTarget(target));
      case Settled(RequestId id, long epoch) -> current(id, epoch).ifPresent(JobRun::onSettled);
    }
  }

  /** Drops what a job that is no longer the current one had under way: it has freed that itself. */
  void tell(JobRun of, StepOutcome outcome) {
    current().filter(job -> job == of).ifPresent(job -> job.on(outcome));
  }

  /** Makes room again if the job is over. */
  Optional<JobRun> takeWhatIsOver() {
    Optional<JobRun> over = current().filter(JobRun::isOver);
    over.ifPresent(_ -> job = null);
    return over;
  }

  private Optional<JobRun> current(RequestId id, long epoch) {
    return current().filter(job -> job.is(id, epoch));
  }
}
