package org.privateproving.fulfiller;

import org.privateproving.fulfiller.InputFetcher.Fetched;

/** How a step of a job ended. */
sealed interface StepOutcome {
  record InputsHere(Fetched inputs) implements StepOutcome {}

  record RunEnded(RunOutcome outcome) implements StepOutcome {}

  record ProofMade(VerifiedProof proof) implements StepOutcome {}

  /** However the stream ended: the owner's word is what counts. */
  record ProofSent() implements StepOutcome {}

  record StepFailed(Throwable reason) implements StepOutcome {}
}
