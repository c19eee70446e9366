package org.privateproving.request;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.Instant;
import java.util.Optional;
import org.privateproving.artifact.ArtifactId;
import org.privateproving.domain.CborSerializable;
import org.privateproving.domain.Digest;
import org.privateproving.domain.FailureCause;

/**
 * Where a request is in its life. {@link Transitions} says which event leads where; ends are final.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = State.Absent.class, name = "absent"),
  @JsonSubTypes.Type(value = State.Queued.class, name = "queued"),
  @JsonSubTypes.Type(value = State.Leased.class, name = "leased"),
  @JsonSubTypes.Type(value = State.Proved.class, name = "proved"),
  @JsonSubTypes.Type(value = State.Fulfilled.class, name = "fulfilled"),
  @JsonSubTypes.Type(value = State.Failed.class, name = "failed"),
  @JsonSubTypes.Type(value = State.Expired.class, name = "expired")
})
public sealed interface State extends CborSerializable {

  /** Whether nothing is left to do: it has ended, its inputs are erased, and who must know does. */
  default boolean settled() {
    return this instanceof Ended ended
        && ended.facts().inputsErased()
        && !(this instanceof Failed failed && failed.reportDue());
  }

  /** Nobody has ordered this. */
  record Absent() implements State {}

  /** There is an order. */
  sealed interface Known extends State {
    Facts facts();
  }

  /** Work remains to be done. */
  sealed interface Open extends Known {}

  /** There is no proof yet: one is welcome, whoever made it. */
  sealed interface Unproved extends Open {}

  /** Nothing will change any more, but that the inputs are erased. */
  sealed interface Ended extends Known {}

  /**
   * Waits for a device.
   *
   * @param notBefore until then it takes a rest from an attempt that failed
   */
  record Queued(Facts facts, Optional<Instant> notBefore) implements Unproved {
    @JsonCreator
    public Queued {}

    public Queued(Facts facts) {
      this(facts, Optional.empty());
    }

    boolean rests(Instant now) {
      return notBefore.isPresent() && now.isBefore(notBefore.get());
    }
  }

  /** A fulfiller works on it. */
  record Leased(Facts facts, Lease lease) implements Unproved {}

  /** The proof is stored; the network does not have it yet. */
  record Proved(Facts facts, StoredProof proof) implements Open {}

  /**
   * @param proof empty: the network has one that is not ours
   */
  record Fulfilled(Facts facts, Optional<StoredProof> proof, Digest txHash) implements Ended {}

  /**
   * @param detail a sentence for the requester; holds nothing of the input
   * @param reportDue whether the network is still to be told
   */
  record Failed(Facts facts, FailureCause cause, String detail, boolean reportDue)
      implements Ended {}

  record Expired(Facts facts) implements Ended {}

  /**
   * What is true in every state.
   *
   * @param epoch of the latest lease; 0 before the first
   * @param attempts how many leases ended without a result through some fault
   * @param execution what the execution showed, once there was one
   * @param updatedAt when the latest event happened
   */
  record Facts(
      Order order,
      Instant acceptedAt,
      Instant updatedAt,
      long epoch,
      int attempts,
      Optional<Execution> execution,
      boolean inputsErased) {}

  /**
   * @param until when it ends unless it is renewed; renewals are not persisted, so after a recovery
   *     this is the time of the grant plus one term
   */
  record Lease(long epoch, String fulfiller, Instant grantedAt, Instant until) {}

  /**
   * @param cycles unsigned
   * @param gas unsigned
   */
  record Execution(long cycles, long gas, Digest publicValuesDigest, Instant at) {}

  record StoredProof(ArtifactId artifact, Digest sha256, long size, Instant at) {}
}
