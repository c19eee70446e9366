package org.privateproving.fulfiller;

import java.time.Clock;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.stream.Materializer;

/**
 * What a job needs of the fulfiller around it.
 *
 * @param self to be answered at
 */
record JobSurroundings(
    ActorRef<FulfillerMessage> self,
    LeaseOwner owner,
    FulfillerListener listener,
    Materializer materializer,
    Clock clock,
    Outcomes outcomes) {

  /** Hands the outcome of a step back to its job, on the actor, if the job is still current. */
  @FunctionalInterface
  interface Outcomes {
    void of(JobRun job, CompletionStage<StepOutcome> step);
  }
}
