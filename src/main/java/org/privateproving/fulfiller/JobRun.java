package org.privateproving.fulfiller;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.privateproving.domain.FailureCause;
import org.privateproving.domain.RequestId;
import org.privateproving.fulfiller.FulfillerMessage.Inputs;
import org.privateproving.fulfiller.FulfillerMessage.ProofTarget;
import org.privateproving.fulfiller.InputFetcher.Fetched;
import org.privateproving.fulfiller.JobState.AwaitingInputs;
import org.privateproving.fulfiller.JobState.Executing;
import org.privateproving.fulfiller.JobState.Fetching;
import org.privateproving.fulfiller.JobState.GivenUp;
import org.privateproving.fulfiller.JobState.Offered;
import org.privateproving.fulfiller.JobState.Over;
import org.privateproving.fulfiller.JobState.Proving;
import org.privateproving.fulfiller.JobState.Sending;
import org.privateproving.fulfiller.StepOutcome.StepFailed;
import org.privateproving.fulfiller.WorkReport.ExecutionReport;
import org.privateproving.fulfiller.WorkReport.Fault;
import org.privateproving.fulfiller.WorkReport.Phase;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One assignment on its way through {@link JobState}; {@link NextStep} decides.
 *
 * <p>Every step that takes time ends as a {@link StepOutcome}, which the fulfiller's actor hands
 * back here; so all of this is confined to that actor.
 */
final class JobRun {
  private static final Logger LOG = LoggerFactory.getLogger(JobRun.class);

  private final Assignment assignment;
  private final JobSurroundings around;
  private final ProvingDevice device;
  private final ProvingJob work;
  private final JobSteps steps;
  private final LeaseReports reports;
  private final Instant startedAt;
  private JobState state = new AwaitingInputs();
  private Instant phaseSince;
  private boolean leaseGone;
  private @Nullable CompletionStage<StepOutcome> step;

  JobRun(Assignment assignment, ProvingDevice device, JobSurroundings around) {
    this(assignment, device, device.begin(assignment), around, around.clock().instant());
  }

  /** {@link #goOn} is to follow. */
  JobRun(UnfinishedJob unfinished, ProvingDevice device, JobSurroundings around) {
    this(
        unfinished.assignment(),
        device,
        unfinished.work().orElseGet(() -> device.begin(unfinished.assignment())),
        around,
        unfinished.startedAt());
    leaseGone = unfinished.leaseGone();
    phaseSince = unfinished.phaseSince();
  }

  private JobRun(
      Assignment assignment,
      ProvingDevice device,
      ProvingJob work,
      JobSurroundings around,
      Instant startedAt) {
    this.assignment = assignment;
    this.device = device;
    this.around = around;
    this.work = work;
    this.steps = new JobSteps(work, around.materializer(), this::await);
    this.reports = new LeaseReports(assignment, around.owner(), around.self());
    this.startedAt = startedAt;
    this.phaseSince = startedAt;
  }

  private void await(CompletionStage<StepOutcome> begun) {
    step = begun;
    around.outcomes().of(this, begun);
  }

  RequestId id() {
    return assignment.id();
  }

  boolean is(RequestId id, long epoch) {
    return assignment.id().equals(id) && assignment.epoch() == epoch;
  }

  /** Whether it has ended and the device is free. */
  boolean isOver() {
    return state instanceof Over;
  }

  /** Whether the next one had better wait a moment: something around the job is not well. */
  boolean isTroubled() {
    return switch (state) {
      case Over over -> over.troubled();
      case GivenUp given -> given.troubled();
      case AwaitingInputs _, Fetching _, Executing _, Proving _, Offered _, Sending _ -> false;
    };
  }

  /** Whether the device is at something that nobody holds a lease for any more. */
  boolean isInVain() {
    return leaseGone && (state instanceof Executing || state instanceof Proving);
  }

  void begin() {
    tellPhase();
    reports.needInputs(!device.warm().contains(assignment.vkHash()));
  }

  /** Where another fulfiller left it. */
  void goOn(UnfinishedJob unfinished) {
    state = unfinished.state();
    switch (state) {
      case Offered(ExecutionReport ran, VerifiedProof proof) -> reports.haveProof(proof, ran);
      case Executing _, Proving _ -> {
        tellPhase();
        beat();
        unfinished.step().ifPresent(this::await);
      }
      case AwaitingInputs _, Fetching _, Sending _, GivenUp _, Over _ -> begin();
    }
  }

  /**
   * For another fulfiller to go on with: the device works on meanwhile. Empty if there is nothing
   * to go on with.
   */
  Optional<UnfinishedJob> putAside() {
    return switch (state) {
      case Executing _, Proving _ -> Optional.of(unfinished(state, Optional.of(work)));
      case Offered _ -> Optional.of(unfinished(state, Optional.of(work)));
      case Sending(ExecutionReport ran, VerifiedProof proof) ->
          Optional.of(unfinished(new Offered(ran, proof), Optional.of(work)));
      // What was on its way broke off.
      case AwaitingInputs _, Fetching _ -> {
        work.close();
        yield Optional.of(unfinished(new AwaitingInputs(), Optional.empty()));
      }
      case GivenUp _, Over _ -> {
        work.close();
        yield Optional.empty();
      }
    };
  }

  private UnfinishedJob unfinished(JobState where, Optional<ProvingJob> kept) {
    return new UnfinishedJob(
        assignment, where, kept, Optional.ofNullable(step), leaseGone, startedAt, phaseSince);
  }

  void onInputs(Inputs inputs) {
    if (!(state instanceof AwaitingInputs)) {
      return; // a second answer to a question asked twice
    }
    reports.answered();
    enter(new Fetching());
    steps.fetch(inputs);
  }

  void on(StepOutcome outcome) {
    Phase during = state.phase();
    if (outcome instanceof StepFailed(Throwable reason) && isUnforeseen(reason)) {
      String kind = reason.getClass().getSimpleName();
      LOG.warn("{} failed while {}: {}", assignment.id(), during, kind);
    }
    switch (NextStep.after(outcome, during, leaseGone)) {
      case NextStep.Execute(Fetched inputs) -> {
        enter(new Executing());
        steps.execute(inputs);
      }
      case NextStep.Prove(ExecutionReport ran) -> {
        enter(new Proving(ran));
        beat();
        steps.prove();
      }
      case NextStep.Offer(VerifiedProof proof) -> offer(proof);
      case NextStep.AwaitWord() -> awaitWord();
      case NextStep.GiveUp gaveUp -> giveUp(gaveUp);
      case NextStep.Drop(boolean troubled) -> finish("lease lost", troubled);
    }
  }

  private static boolean isUnforeseen(Throwable reason) {
    return !(reason instanceof JobFailed || reason instanceof InputFetcher.InputsBroken);
  }

  private void offer(VerifiedProof proof) {
    ExecutionReport ran = state.execution().orElseThrow();
    enter(new Offered(ran, proof));
    reports.haveProof(proof, ran);
  }

  void onTarget(ProofTarget target) {
    if (!(state instanceof Offered(ExecutionReport ran, VerifiedProof proof))) {
      return; // a second answer to a question asked twice
    }
    reports.answered();
    enter(new Sending(ran, proof));
    steps.send(proof, target);
  }

  private void awaitWord() {
    if (state instanceof Sending(ExecutionReport ran, VerifiedProof proof)) {
      enter(new Offered(ran, proof));
      reports.awaitAnotherAnswer();
    }
  }

  void onLeaseGone() {
    if (leaseGone) {
      return;
    }
    leaseGone = true;
    LOG.info("{} lost its lease (epoch {})", assignment.id(), assignment.epoch());
    if (reports.awaitsAnswer() && state.phase() != Phase.DELIVERING) {
      finish("lease lost", isTroubled());
    }
  }

  void onSettled() {
    finish(state.result(), isTroubled());
  }

  /** Ends early, with nobody to blame; but what is already to be reported comes first. */
  void giveBack() {
    if (state.phase() != Phase.DELIVERING && !(state instanceof GivenUp)) {
      LOG.info("{} is given back: this fulfiller stops", assignment.id());
      reports.gaveUp(FailureCause.PROVING_FAILED, "its fulfiller stopped", Fault.NONE);
    }
  }

  /** A sign of life, and whatever has no answer yet. */
  void onBeat() {
    beat();
    if (!reports.awaitsAnswer()) {
      return;
    }
    reports.repeat();
    Duration grace = assignment.leaseTerm();
    if (around.clock().instant().isAfter(assignment.deadline().plus(grace))) {
      finish("nobody answers, and the deadline is over", isTroubled());
    }
  }

  private void giveUp(NextStep.GiveUp next) {
    work.close();
    enter(new GivenUp(state.phase(), state.execution(), next.cause(), next.troubled()));
    reports.gaveUp(next.cause(), next.detail(), next.fault());
  }

  private void beat() {
    Duration inPhase = Duration.between(phaseSince, around.clock().instant());
    reports.beat(state.phase(), inPhase, state.execution());
  }

  private void enter(JobState next) {
    boolean news = next.phase() != state.phase();
    state = next;
    if (news) {
      phaseSince = around.clock().instant();
      LOG.debug("{} begins {}", assignment.id(), next.phase().name().toLowerCase(Locale.ROOT));
      tellPhase();
    }
  }

  private void tellPhase() {
    long cycles = state.execution().map(ExecutionReport::cycles).orElse(0L);
    around.listener().working(assignment.id(), state.phase(), cycles);
  }

  /** The fulfiller goes away: lets go of everything. */
  void abandon() {
    giveBack();
    finish("given back", isTroubled());
  }

  private void finish(String result, boolean troubled) {
    if (isOver()) {
      return;
    }
    state = new Over(state.phase(), troubled);
    work.close();
    Duration took = Duration.between(startedAt, around.clock().instant());
    around.listener().done(assignment.id(), result, took);
  }
}
