package org.privateproving.fulfiller;

import org.privateproving.domain.FailureCause;
import org.privateproving.fulfiller.InputFetcher.Fetched;
import org.privateproving.fulfiller.InputFetcher.InputsBroken;
import org.privateproving.fulfiller.StepOutcome.InputsHere;
import org.privateproving.fulfiller.StepOutcome.ProofMade;
import org.privateproving.fulfiller.StepOutcome.ProofSent;
import org.privateproving.fulfiller.StepOutcome.RunEnded;
import org.privateproving.fulfiller.StepOutcome.StepFailed;
import org.privateproving.fulfiller.WorkReport.ExecutionReport;
import org.privateproving.fulfiller.WorkReport.Fault;
import org.privateproving.fulfiller.WorkReport.Phase;

/** What follows the end of a step: pure. */
sealed interface NextStep {
  record Execute(Fetched inputs) implements NextStep {}

  record Prove(ExecutionReport ran) implements NextStep {}

  record Offer(VerifiedProof proof) implements NextStep {}

  /** No word from the owner by the next heartbeat means that the proof was not stored. */
  record AwaitWord() implements NextStep {}

  /**
   * @param detail a sentence for the requester; holds nothing of the input
   * @param troubled whether something around the job is not well
   */
  record GiveUp(FailureCause cause, String detail, Fault fault, boolean troubled)
      implements NextStep {}

  /** Nobody is left to tell. */
  record Drop(boolean troubled) implements NextStep {}

  /**
   * Once the lease is gone a job ends at its next step, except that a proof is offered all the
   * same: the owner decides.
   *
   * @param during where the job stands
   */
  static NextStep after(StepOutcome outcome, Phase during, boolean leaseGone) {
    NextStep next = after(outcome, during);
    if (!leaseGone) {
      return next;
    }
    return switch (next) {
      case Offer _, AwaitWord _ -> next;
      case GiveUp gaveUp -> new Drop(gaveUp.troubled());
      case Execute _, Prove _, Drop _ -> new Drop(false);
    };
  }

  private static NextStep after(StepOutcome outcome, Phase during) {
    return switch (outcome) {
      case InputsHere(Fetched inputs) -> new Execute(inputs);
      case RunEnded(RunOutcome.Ran(ExecutionReport ran)) -> new Prove(ran);
      case RunEnded(RunOutcome.Stopped stopped) ->
          giveUp(stopped.cause(), stopped.detail(), stopped.fault());
      case ProofMade(VerifiedProof proof) -> new Offer(proof);
      case ProofSent() -> new AwaitWord();
      case StepFailed(JobFailed failed) ->
          giveUp(failed.failureCause(), failed.detail(), failed.fault());
      // A server that stops, or a connection that broke: no fault of the request's or the device's.
      case StepFailed(InputsBroken _) ->
          new GiveUp(
              FailureCause.PROVING_FAILED, "its inputs broke off on their way", Fault.NONE, true);
      // The text of an unknown exception may hold anything: only its kind goes out.
      case StepFailed(Throwable reason) ->
          giveUp(
              FailureCause.PROVING_FAILED,
              "the fulfiller failed while " + during + " (" + kind(reason) + ")",
              Fault.DEVICE);
    };
  }

  private static GiveUp giveUp(FailureCause cause, String detail, Fault fault) {
    return new GiveUp(cause, detail, fault, fault == Fault.DEVICE);
  }

  private static String kind(Throwable reason) {
    return reason.getClass().getSimpleName();
  }
}
