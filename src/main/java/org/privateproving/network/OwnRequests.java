package org.privateproving.network;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.privateproving.domain.RequestId;

/** What the reconciler asks of the requests that this cluster knows. */
public interface OwnRequests {

  /** Whether a request has been accepted here, be it over or not. */
  CompletionStage<Boolean> isKnown(RequestId id);

  /**
   * Takes on a request that the network assigned to us and nobody here knows.
   *
   * @return whether it could be: its stdin is here, and is its requester's
   */
  CompletionStage<Boolean> adopt(NetworkRequest request);

  /**
   * Requests that wait for a proof or are being proved, in the order of their ids.
   *
   * @param after only ids behind this one
   */
  CompletionStage<List<RequestId>> unproved(Optional<RequestId> after, int limit);

  /** The network closed a request without us. */
  void closed(RequestId id, Closure closure);

  /** How the network closed a request. */
  enum Closure {
    /** It has a proof of it from somebody else. */
    FULFILLED,
    /** Somebody reported that it cannot be executed. */
    UNEXECUTABLE,
    /** Somebody reported that it cannot be proved. */
    UNFULFILLABLE,
    EXPIRED
  }
}
