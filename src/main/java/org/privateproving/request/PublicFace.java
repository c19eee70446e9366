package org.privateproving.request;

import java.time.Duration;
import java.time.Instant;
import org.privateproving.domain.FailureCause;
import org.privateproving.domain.Schema;
import org.privateproving.network.WireCauses;
import org.privateproving.wire.network.ExecuteFailureCause;
import org.privateproving.wire.network.ExecutionStatus;
import org.privateproving.wire.network.FulfillmentStatus;
import org.privateproving.wire.network.ProofRequestError;

/**
 * What a client is told of each state: pure functions, in one place.
 *
 * <p>Sources: the order in which SDK 5.2.4 and 6.x look at a status response ({@code
 * network/prover.rs}, {@code process_proof_status}). 5.2.4 compares the deadline first, even when
 * the proof is there, and takes a status of 5 or more for an error of the protocol.
 */
public final class PublicFace {
  /** How much longer than its deadline a proof that exists may be fetched, or is waited for. */
  static final Duration GRACE = Duration.ofDays(1);

  private PublicFace() {}

  /**
   * @param deadline what the client is to compare its clock with
   * @param error UNSPECIFIED unless the request failed
   */
  public record Face(
      FulfillmentStatus fulfillment,
      ExecutionStatus execution,
      Instant deadline,
      ExecuteFailureCause executeFailureCause,
      ProofRequestError error,
      boolean canceled) {}

  public static Face of(State.Known state, Instant now) {
    State.Facts facts = state.facts();
    Instant deadline = facts.order().terms().deadline();
    return switch (state) {
      case State.Queued _ -> face(waiting(facts), executed(facts), deadline);
      case State.Leased _ -> face(FulfillmentStatus.ASSIGNED, executed(facts), deadline);
      // The proof is there and on its way: no client may give up on it now.
      case State.Proved _ ->
          face(FulfillmentStatus.ASSIGNED, ExecutionStatus.EXECUTED, later(deadline, now));
      case State.Fulfilled _ ->
          face(FulfillmentStatus.FULFILLED, ExecutionStatus.EXECUTED, later(deadline, now));
      case State.Expired _ -> face(expired(facts), executed(facts), deadline);
      case State.Failed failed -> failed(failed, later(deadline, now));
    };
  }

  /**
   * A mainnet client cancels a request that is REQUESTED for 30 seconds, since at the network no
   * prover would have bid for it. Here the prover is known from the start.
   */
  private static FulfillmentStatus waiting(State.Facts facts) {
    return facts.order().terms().schema() == Schema.AUCTION
        ? FulfillmentStatus.ASSIGNED
        : FulfillmentStatus.REQUESTED;
  }

  /** SDK 5 has no word for it, but sees by itself that the deadline has passed. */
  private static FulfillmentStatus expired(State.Facts facts) {
    return facts.order().terms().version().isV5()
        ? FulfillmentStatus.UNFULFILLABLE
        : FulfillmentStatus.EXPIRED;
  }

  private static Face failed(State.Failed failed, Instant deadline) {
    FailureCause cause = failed.cause();
    return switch (cause.kind()) {
      case UNEXECUTABLE ->
          new Face(
              FulfillmentStatus.UNFULFILLABLE,
              ExecutionStatus.UNEXECUTABLE,
              deadline,
              WireCauses.execution(cause),
              ProofRequestError.EXECUTION_FAILURE,
              false);
      case UNFULFILLABLE ->
          new Face(
              FulfillmentStatus.UNFULFILLABLE,
              executed(failed.facts()),
              deadline,
              ExecuteFailureCause.UNSPECIFIED_EXECUTION_FAILURE_CAUSE,
              WireCauses.error(cause),
              cause == FailureCause.CANCELED);
    };
  }

  private static ExecutionStatus executed(State.Facts facts) {
    return facts.execution().isPresent() ? ExecutionStatus.EXECUTED : ExecutionStatus.UNEXECUTED;
  }

  private static Face face(
      FulfillmentStatus fulfillment, ExecutionStatus execution, Instant deadline) {
    return new Face(
        fulfillment,
        execution,
        deadline,
        ExecuteFailureCause.UNSPECIFIED_EXECUTION_FAILURE_CAUSE,
        ProofRequestError.UNSPECIFIED_PROOF_REQUEST_FAILURE,
        false);
  }

  private static Instant later(Instant deadline, Instant now) {
    Instant grace = now.plus(GRACE);
    return deadline.isAfter(grace) ? deadline : grace;
  }
}
