package org.privateproving.fulfiller;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.javadsl.Keep;
import org.jspecify.annotations.Nullable;
import org.privateproving.domain.FailureCause;
import org.privateproving.domain.RequestId;
import org.privateproving.fulfiller.Fulfiller.LeaseOwner;
import org.privateproving.fulfiller.FulfillerMessage.Inputs;
import org.privateproving.fulfiller.FulfillerMessage.ProofTarget;
import org.privateproving.fulfiller.InputFetcher.Fetched;
import org.privateproving.fulfiller.InputFetcher.InputsBroken;
import org.privateproving.fulfiller.ProvingDevice.JobFailed;
import org.privateproving.fulfiller.ProvingDevice.RunOutcome;
import org.privateproving.fulfiller.WorkReport.ExecutionReport;
import org.privateproving.fulfiller.WorkReport.Fault;
import org.privateproving.fulfiller.WorkReport.GaveUp;
import org.privateproving.fulfiller.WorkReport.HaveProof;
import org.privateproving.fulfiller.WorkReport.Heartbeat;
import org.privateproving.fulfiller.WorkReport.NeedInputs;
import org.privateproving.fulfiller.WorkReport.Phase;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One assignment on its way: FETCHING → EXECUTING → PROVING → DELIVERING.
 *
 * <p>Every step that takes time ends as an {@link Outcome}, which the fulfiller's actor hands back
 * here; so all of this is confined to that actor. A report without an answer goes out again with
 * every heartbeat. Once the lease is gone the job ends at its next step, except that a proof is
 * offered all the same: the owner decides.
 */
final class JobRun {
  private static final Logger LOG = LoggerFactory.getLogger(JobRun.class);

  /** How a step ended. */
  sealed interface Outcome {
    record InputsHere(Fetched inputs) implements Outcome {}

    record RunEnded(RunOutcome outcome) implements Outcome {}

    record ProofMade(VerifiedProof proof) implements Outcome {}

    record ProofSent() implements Outcome {}

    record StepFailed(Throwable reason) implements Outcome {}
  }

  /**
   * What a job needs of the fulfiller around it.
   *
   * @param self to be answered at
   */
  record Surroundings(
      ProvingDevice device,
      ActorRef<FulfillerMessage> self,
      LeaseOwner owner,
      FulfillerListener listener,
      Materializer materializer,
      Clock clock,
      Steps steps) {}

  /** Hands the outcome of a step back to its job, on the actor, if the job is still current. */
  @FunctionalInterface
  interface Steps {
    void whenDone(JobRun job, CompletionStage<? extends Outcome> step);
  }

  private final Assignment assignment;
  private final Surroundings around;
  private final Instant startedAt;
  private Phase phase = Phase.FETCHING;
  private boolean leaseGone;
  private boolean over;
  private boolean troubled;
  private @Nullable ExecutionReport execution;
  private @Nullable VerifiedProof proof;
  private @Nullable FailureCause failure;
  private @Nullable WorkReport unanswered;

  JobRun(Assignment assignment, Surroundings around) {
    this.assignment = assignment;
    this.around = around;
    this.startedAt = around.clock().instant();
  }

  boolean is(RequestId id, long epoch) {
    return assignment.id().equals(id) && assignment.epoch() == epoch;
  }

  /** Whether it has ended and the device is free. */
  boolean isOver() {
    return over;
  }

  /** Whether the next one had better wait a moment: something around the job is not well. */
  boolean isTroubled() {
    return troubled;
  }

  void begin() {
    enter(Phase.FETCHING);
    boolean cold = !around.device().warm().contains(assignment.vkHash());
    ask(new NeedInputs(assignment.epoch(), cold, around.self()));
  }

  void onInputs(Inputs inputs) {
    if (phase != Phase.FETCHING || unanswered == null) {
      return; // a second answer to a question asked twice
    }
    unanswered = null;
    step(
        InputFetcher.fetch(inputs, around.device(), around.materializer()),
        Outcome.InputsHere::new);
  }

  void on(Outcome outcome) {
    switch (outcome) {
      case Outcome.InputsHere(Fetched inputs) -> execute(inputs);
      case Outcome.RunEnded(RunOutcome run) -> onRun(run);
      case Outcome.ProofMade(VerifiedProof made) -> {
        proof = made;
        enter(Phase.DELIVERING);
        ask(proofOffer());
      }
      // No word from the owner by the next heartbeat means that the proof was not stored.
      case Outcome.ProofSent() -> unanswered = proofOffer();
      case Outcome.StepFailed(Throwable reason) -> onStepFailed(reason);
    }
  }

  /** Lets go of what a step yielded for a job that is no longer the current one. */
  static void discard(Outcome outcome) {
    switch (outcome) {
      case Outcome.InputsHere(Fetched inputs) -> inputs.close();
      case Outcome.ProofMade(VerifiedProof made) -> made.close();
      case Outcome.RunEnded _, Outcome.ProofSent _, Outcome.StepFailed _ -> {}
    }
  }

  private void execute(Fetched inputs) {
    if (leaseGone) {
      inputs.close();
      finish("lease lost");
      return;
    }
    enter(Phase.EXECUTING);
    step(around.device().run(assignment, inputs.program(), inputs.stdin()), Outcome.RunEnded::new);
  }

  private void onRun(RunOutcome run) {
    if (leaseGone) {
      finish("lease lost");
      return;
    }
    switch (run) {
      case RunOutcome.Stopped(FailureCause cause, String detail, Fault fault) ->
          giveUp(cause, detail, fault);
      case RunOutcome.Ran(ExecutionReport report) -> {
        execution = report;
        enter(Phase.PROVING);
        beat();
        step(around.device().prove(assignment), Outcome.ProofMade::new);
      }
    }
  }

  void onTarget(ProofTarget target) {
    if (phase != Phase.DELIVERING || unanswered == null) {
      return; // a second answer to a question asked twice
    }
    unanswered = null;
    CompletionStage<Done> sent =
        made()
            .bytes()
            .watchTermination(Keep.right())
            .to(target.target().getSink())
            .run(around.materializer());
    // However the stream ended: the owner's word is what counts.
    around.steps().whenDone(this, sent.handle((_, _) -> new Outcome.ProofSent()));
  }

  void onLeaseGone() {
    if (leaseGone) {
      return;
    }
    leaseGone = true;
    LOG.info("{} lost its lease (epoch {})", assignment.id(), assignment.epoch());
    boolean waitsForTheOwner = unanswered != null;
    if (waitsForTheOwner && phase != Phase.DELIVERING) {
      finish("lease lost");
    }
  }

  void onSettled() {
    if (failure != null) {
      finish(failure.name().toLowerCase(Locale.ROOT).replace('_', ' '));
    } else {
      finish(proof == null ? "given back" : "proved");
    }
  }

  /** Ends early, with nobody to blame; but a proof that is there is delivered first. */
  void giveBack() {
    if (phase == Phase.DELIVERING) {
      return;
    }
    ask(
        new GaveUp(
            assignment.epoch(),
            FailureCause.PROVING_FAILED,
            "its fulfiller stopped",
            Fault.NONE,
            around.self()));
  }

  /** A sign of life, and whatever has no answer yet. */
  void onBeat() {
    beat();
    if (unanswered == null) {
      return;
    }
    report(unanswered);
    Duration grace = assignment.leaseTerm();
    if (around.clock().instant().isAfter(assignment.deadline().plus(grace))) {
      finish("nobody answers, and the deadline is over");
    }
  }

  private void onStepFailed(Throwable reason) {
    if (reason instanceof JobFailed failed) {
      giveUp(failed.failureCause(), String.valueOf(failed.getMessage()), failed.fault());
      return;
    }
    if (reason instanceof InputsBroken) {
      // A server that stops, or a connection that broke: no fault of the request's or the device's.
      troubled = true;
      giveUp(FailureCause.PROVING_FAILED, "its inputs broke off on their way", Fault.NONE);
      return;
    }
    // The text of an unknown exception may hold anything: only its kind goes out.
    String kind = reason.getClass().getSimpleName();
    LOG.warn("{} failed while {}: {}", assignment.id(), phase, kind);
    giveUp(
        FailureCause.PROVING_FAILED,
        "the fulfiller failed while " + phase + " (" + kind + ")",
        Fault.DEVICE);
  }

  private void giveUp(FailureCause cause, String detail, Fault fault) {
    if (leaseGone) {
      finish("lease lost");
      return;
    }
    failure = cause;
    troubled |= fault == Fault.DEVICE;
    ask(new GaveUp(assignment.epoch(), cause, detail, fault, around.self()));
  }

  private HaveProof proofOffer() {
    return new HaveProof(
        assignment.epoch(),
        made().size(),
        made().sha256(),
        Optional.ofNullable(execution).orElseThrow(),
        around.self());
  }

  private VerifiedProof made() {
    return Optional.ofNullable(proof).orElseThrow();
  }

  private void beat() {
    report(new Heartbeat(assignment.epoch(), phase, Optional.ofNullable(execution), around.self()));
  }

  /** Sends a report now, and again with every heartbeat until it is answered. */
  private void ask(WorkReport report) {
    unanswered = report;
    report(report);
  }

  private void report(WorkReport report) {
    around.owner().report(assignment.id(), report);
  }

  private void enter(Phase next) {
    phase = next;
    around.listener().working(assignment.id(), next, execution == null ? 0 : execution.cycles());
  }

  private <T> void step(CompletionStage<T> work, Function<T, Outcome> then) {
    around
        .steps()
        .whenDone(
            this,
            work.handle(
                (result, problem) ->
                    problem == null
                        ? then.apply(result)
                        : new Outcome.StepFailed(rootOf(problem))));
  }

  /** Lets go of everything. */
  void finish(String result) {
    if (over) {
      return;
    }
    over = true;
    if (proof != null) {
      proof.close();
    }
    around.device().release();
    Duration took = Duration.between(startedAt, around.clock().instant());
    around.listener().done(assignment.id(), result, took);
  }

  static Throwable rootOf(Throwable problem) {
    Throwable root = problem;
    while (root instanceof CompletionException && root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }
}
