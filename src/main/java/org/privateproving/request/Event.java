package org.privateproving.request;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.Optional;
import org.privateproving.domain.Digest;
import org.privateproving.domain.FailureCause;

/**
 * What has happened to a request. Stored for as long as the request is known, by {@link
 * EventSerializer}: fields may be added as {@code Optional}, never renamed or removed.
 */
public sealed interface Event {
  Instant at();

  record Accepted(Order order, Instant at) implements Event {}

  /**
   * @param epoch one more than the latest
   */
  record LeaseGranted(long epoch, String fulfiller, Instant until, Instant at) implements Event {}

  /**
   * @param counts whether it counts as an attempt
   * @param notBefore from when on it is offered to devices again; absent: at once
   */
  record LeaseLost(
      long epoch,
      String reason,
      boolean counts,
      @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<Instant> notBefore,
      Instant at)
      implements Event {}

  record Executed(long epoch, long cycles, long gas, Digest publicValuesDigest, Instant at)
      implements Event {}

  /**
   * @param epoch of the lease under which it was made, which may be over
   */
  record Proved(long epoch, State.StoredProof proof, Instant at) implements Event {}

  record Fulfilled(Digest txHash, Instant at) implements Event {}

  /** The network has a proof of it that is not ours. */
  record FulfilledElsewhere(Instant at) implements Event {}

  /**
   * @param reportDue whether the network is still to be told; absent: no
   */
  record Failed(
      FailureCause cause,
      String detail,
      @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<Boolean> reportDue,
      Instant at)
      implements Event {}

  /** The network knows of the failure, or will not hear of it. */
  record FailureReported(Instant at) implements Event {}

  record Expired(Instant at) implements Event {}

  record InputsErased(Instant at) implements Event {}
}
