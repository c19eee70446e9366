package org.privateproving.network;

import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.privateproving.artifact.ArtifactId;
import org.privateproving.domain.Address;
import org.privateproving.domain.FailureCause;
import org.privateproving.domain.Refusal;
import org.privateproving.domain.RequestId;
import org.privateproving.domain.VkHash;
import org.privateproving.wire.network.GetMarketPricePerPguResponse;
import org.privateproving.wire.network.GetProofRequestParamsRequest;
import org.privateproving.wire.network.GetProofRequestParamsResponse;
import org.privateproving.wire.network.GetProversByUptimeRequest;
import org.privateproving.wire.network.GetProversByUptimeResponse;
import org.privateproving.wire.network.SignedRequest;

/**
 * The ledger that a request is made on: programs, nonces, requests, results. Stages fail with
 * {@link Refusal} where a client is to blame or may try again.
 *
 * <p>Whoever calls a method that takes a signer has verified the signature of the message.
 */
public interface ProverNetwork {

  /** A number for {@code signer} to sign its next message with. */
  CompletionStage<Long> nonce(Address signer);

  CompletionStage<Optional<Program>> program(VkHash vkHash);

  /**
   * Registers a program whose ELF is complete in the artifact store. Registering what is registered
   * already answers as the first time did.
   */
  CompletionStage<Receipt> register(Signed message, Registration registration);

  /**
   * Puts a request on the ledger and yields its id. For one signer and stdin URI the id is always
   * the same, so a repeat finds the first. Uses up the nonce.
   */
  CompletionStage<Admission> admit(Signed message, Admittee request);

  /** Takes note that the requester gave a request up. Uses up the nonce. */
  CompletionStage<Receipt> cancel(Signed message, RequestId id);

  /** Decimal, in the network's smallest unit. */
  CompletionStage<String> balance(Address account);

  CompletionStage<GetProofRequestParamsResponse> params(GetProofRequestParamsRequest request);

  CompletionStage<GetProversByUptimeResponse> provers(GetProversByUptimeRequest request);

  CompletionStage<GetMarketPricePerPguResponse> marketPrice();

  /** Reports a proof or a failure; may be called again with the same result, to the same effect. */
  CompletionStage<ReportOutcome> report(RequestId id, Result result);

  /**
   * A program that is drawn back, since its ELF does not hash to its vk hash or is none: the next
   * client registers it anew.
   */
  CompletionStage<Void> withdraw(VkHash vkHash, ArtifactId program);

  /**
   * A signed message as it came.
   *
   * @param nonce unsigned 64 bits
   */
  record Signed(SignedRequest envelope, Address signer, long nonce) {}

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

  record Admittee(VkHash vkHash, String stdinUri) {}

  /**
   * @param txHash 32 bytes
   */
  record Receipt(byte[] txHash) {}

  /**
   * @param txHash 32 bytes
   */
  record Admission(RequestId id, byte[] txHash, Program program) {}

  /** What there is to report. */
  sealed interface Result {
    record Proof(ArtifactId artifact, long size) implements Result {}

    record Failure(FailureCause cause) implements Result {}
  }

  /**
   * What the network says to a report. Anything that may be tried again fails the stage instead.
   */
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
