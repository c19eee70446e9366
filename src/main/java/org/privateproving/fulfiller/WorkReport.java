package org.privateproving.fulfiller;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.Duration;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;
import org.privateproving.domain.CborSerializable;
import org.privateproving.domain.Digest;
import org.privateproving.domain.FailureCause;

/**
 * What a fulfiller reports to the owner of its lease. Every report carries the lease's epoch; one
 * that gets no answer is sent again with the next heartbeat, so the owner takes each as often as it
 * comes.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = WorkReport.Heartbeat.class, name = "heartbeat"),
  @JsonSubTypes.Type(value = WorkReport.NeedInputs.class, name = "need-inputs"),
  @JsonSubTypes.Type(value = WorkReport.HaveProof.class, name = "have-proof"),
  @JsonSubTypes.Type(value = WorkReport.GaveUp.class, name = "gave-up")
})
public sealed interface WorkReport extends CborSerializable {
  long epoch();

  ActorRef<FulfillerMessage> replyTo();

  /**
   * Still here. Answered by {@code LeaseRenewed} or {@code LeaseGone}.
   *
   * @param inPhase how long it has been at this phase; absent from fulfillers that do not say
   * @param execution once the program ran
   */
  record Heartbeat(
      long epoch,
      Phase phase,
      Optional<Duration> inPhase,
      Optional<ExecutionReport> execution,
      ActorRef<FulfillerMessage> replyTo)
      implements WorkReport {}

  /** Answered by {@code Inputs} or {@code LeaseGone}. */
  record NeedInputs(long epoch, boolean program, ActorRef<FulfillerMessage> replyTo)
      implements WorkReport {}

  /** A proof that this fulfiller verified. Answered by {@code ProofTarget} or {@code Settled}. */
  record HaveProof(
      long epoch,
      long size,
      Digest sha256,
      ExecutionReport execution,
      ActorRef<FulfillerMessage> replyTo)
      implements WorkReport {}

  /**
   * No proof will come of this lease. Answered by {@code Settled}.
   *
   * @param detail a sentence for the requester; holds nothing of the input
   * @param fault whether another attempt may do better; if not, the request fails for good
   */
  record GaveUp(
      long epoch,
      FailureCause cause,
      String detail,
      Fault fault,
      ActorRef<FulfillerMessage> replyTo)
      implements WorkReport {}

  /** Whose doing it is that a lease ended without a proof. */
  enum Fault {
    /** The request's own: it fails for good. */
    REQUEST,
    /** The device's or the prover's: it counts as an attempt. */
    DEVICE,
    /**
     * Nobody's (the fulfiller was busy, or stops): the request goes back as if nothing happened.
     */
    NONE
  }

  /**
   * @param cycles unsigned
   * @param gas unsigned
   */
  record ExecutionReport(long cycles, long gas, Digest publicValuesDigest)
      implements CborSerializable {}

  /** What a fulfiller is doing for a request. */
  enum Phase {
    FETCHING,
    EXECUTING,
    PROVING,
    DELIVERING
  }
}
