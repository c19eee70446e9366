package org.privateproving.request;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.privateproving.domain.Address;
import org.privateproving.domain.Refusal;
import org.privateproving.domain.RequestId;

/**
 * The way to every request of the cluster, wherever its actor lives. Stages fail with a TRY_AGAIN
 * {@link Refusal} when the actor does not answer in time.
 */
public interface Requests {

  /**
   * Completes if a new order may be accepted: there is room for it, and it can be done in time. If
   * not, the stage fails with a FAILED_PRECONDITION {@link Refusal}. Not to be asked about a
   * repeat, which has its room already.
   */
  CompletionStage<Void> requireRoom(Address requester, Order.Terms terms);

  /**
   * Accepts an order; when the stage completes, it is persisted. Accepting again is fine: the first
   * order stands.
   */
  CompletionStage<Void> accept(RequestId id, Order order);

  /**
   * The request as it is now; or, if its end is predicted to be near, as it is when its public face
   * next changes, or after the configured hold.
   */
  CompletionStage<Optional<Snapshot>> poll(RequestId id);

  /** The request as it is now. */
  CompletionStage<Optional<Snapshot>> find(RequestId id);

  /** Gives a request up; only its requester may. The stage holds what it is then. */
  CompletionStage<Optional<Snapshot>> cancel(RequestId id, Address by);

  /** From the read side, newest first; may lag a moment behind. */
  CompletionStage<List<Snapshot>> list(RequestFilter filter);
}
