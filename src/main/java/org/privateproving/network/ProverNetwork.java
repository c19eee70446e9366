package org.privateproving.network;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.privateproving.artifact.ArtifactId;
import org.privateproving.domain.Address;
import org.privateproving.domain.FailureCause;
import org.privateproving.domain.Refusal;
import org.privateproving.domain.RequestId;
import org.privateproving.domain.VkHash;
import org.privateproving.wire.network.SignedRequest;

/**
 * Where requests are made and results go: our own ledger, or a network that others run. Stages fail
 * with {@link Refusal} where a client is to blame or may try again.
 *
 * <p>Whoever calls a method that takes a signer has verified the signature of the message.
 */
public interface ProverNetwork {

  /**
   * Puts a request on the ledger and yields its id. For one signer and stdin URI the id is always
   * the same, so a repeat finds the first. Uses up the nonce.
   */
  CompletionStage<Admission> admit(Signed message, Admittee request);

  /** Takes note that the requester gave a request up. Uses up the nonce. */
  CompletionStage<Receipt> cancel(Signed message, RequestId id);

  /** Reports a proof or a failure; may be called again with the same result, to the same effect. */
  CompletionStage<ReportOutcome> report(RequestId id, Result result);

  /** Whether failures are reported as well as proofs. */
  boolean hearsOfFailures();

  /**
   * Where the network keeps the proof of a fulfilled request: a capability, so never to be stored
   * or logged. Empty: it keeps none, and the proof is fetched from us.
   */
  CompletionStage<Optional<String>> proofUri(RequestId id);

  /**
   * Sees to it that the bytes of a program are complete in the artifact store, which may take
   * minutes. Fails with {@link ProgramUnavailable} if they can't be had at all; anything else may
   * pass.
   *
   * @param program as its admission gave it
   */
  CompletionStage<Void> provide(VkHash vkHash, ArtifactId program);

  /**
   * A program that is drawn back, since its ELF does not hash to its vk hash or is none: the next
   * client registers it anew.
   */
  CompletionStage<Void> withdraw(VkHash vkHash, ArtifactId program);

  /**
   * A signed message as it came.
   *
   * @param nonce unsigned 64 bits
   * @param authorization what its sender showed besides
   */
  record Signed(
      SignedRequest envelope, Address signer, long nonce, Optional<Authorization> authorization) {}

  /** The header of that name: a secret, so it shows itself to nobody. */
  record Authorization(String header) {
    @Override
    public String toString() {
      return "Authorization[hidden]";
    }
  }

  /**
   * @param vk the bytes that the client sent: a claim, not checked here
   */
  record Program(
      VkHash vkHash,
      byte[] vk,
      String programUri,
      ArtifactId artifact,
      Address owner,
      Instant createdAt) {}

  record Registration(VkHash vkHash, byte[] vk, String programUri, ArtifactId artifact) {}

  /**
   * @param inputReady whether its input waits here for it; if not, this can only be the repeat of a
   *     request that was admitted before
   */
  record Admittee(VkHash vkHash, String stdinUri, boolean inputReady) {}

  /**
   * @param txHash 32 bytes
   */
  record Receipt(byte[] txHash) {}

  /**
   * @param txHash 32 bytes
   */
  record Admission(RequestId id, byte[] txHash, Program program) {}

  /** What there is to report. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = Result.Proof.class, name = "proof"),
    @JsonSubTypes.Type(value = Result.Failure.class, name = "failure")
  })
  sealed interface Result {
    record Proof(ArtifactId artifact, long size) implements Result {}

    record Failure(FailureCause cause) implements Result {}
  }

  /**
   * What the network says to a report. A stage that fails instead is tried again: for a while with
   * {@link ResultRefused}, until the deadline with anything else.
   */
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = ReportOutcome.Taken.class, name = "taken"),
    @JsonSubTypes.Type(value = ReportOutcome.Rejected.class, name = "rejected"),
    @JsonSubTypes.Type(value = ReportOutcome.TooLate.class, name = "too-late")
  })
  sealed interface ReportOutcome {
    /**
     * @param txHash 32 bytes
     */
    record Taken(byte[] txHash) implements ReportOutcome {}

    /** Final: the network will not take this result. */
    record Rejected(String reason) implements ReportOutcome {}

    /** Final: the deadline was over before the network had it. */
    record TooLate() implements ReportOutcome {}
  }
}
