package org.privateproving.gateway;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.google.protobuf.ByteString;
import java.time.Clock;
import java.util.Optional;
import org.privateproving.artifact.ArtifactStore;
import org.privateproving.domain.Address;
import org.privateproving.domain.Digest;
import org.privateproving.domain.Refusal;
import org.privateproving.domain.Refusal.Reason;
import org.privateproving.domain.RequestId;
import org.privateproving.request.Order;
import org.privateproving.request.PublicFace;
import org.privateproving.request.PublicFace.Face;
import org.privateproving.request.State;
import org.privateproving.request.State.StoredProof;
import org.privateproving.wire.network.AuctionProofRequestTail;
import org.privateproving.wire.network.BaseProofRequestTail;
import org.privateproving.wire.network.FulfillmentStatus;
import org.privateproving.wire.network.GetProofRequestStatusResponse;
import org.privateproving.wire.network.ProofMode;
import org.privateproving.wire.network.ProofRequest;
import org.privateproving.wire.network.SettlementStatus;

/** Puts a request into the words of the wire; what its state means to a client is PublicFace's. */
final class RequestView {
  private static final ByteString NO_TX = ByteString.copyFrom(new byte[Digest.BYTES]);
  private static final int MAX_TRACE = 1000;

  private final ArtifactUrls urls;
  private final ArtifactStore artifacts;
  private final Clock clock;

  RequestView(ArtifactUrls urls, ArtifactStore artifacts, Clock clock) {
    this.urls = urls;
    this.artifacts = artifacts;
    this.clock = clock;
  }

  /**
   * @param networkUri where the network keeps the proof, if it does and could be asked
   * @throws Refusal TRY_AGAIN if the proof is nowhere to be had just now
   */
  GetProofRequestStatusResponse status(State.Known state, Optional<String> networkUri) {
    Face face = PublicFace.of(state, clock.instant());
    GetProofRequestStatusResponse.Builder response =
        GetProofRequestStatusResponse.newBuilder()
            .setFulfillmentStatus(face.fulfillment())
            .setExecutionStatus(face.execution())
            .setRequestTxHash(NO_TX)
            .setDeadline(face.deadline().getEpochSecond());
    state
        .facts()
        .execution()
        .ifPresent(e -> response.setPublicValuesHash(Bytes.of(e.publicValuesDigest().bytes())));
    if (state instanceof State.Fulfilled fulfilled) {
      response.setFulfillTxHash(Bytes.of(fulfilled.txHash().bytes()));
      // The SDK fetches the proof as soon as it reads FULFILLED, and wants a URL with it.
      if (face.fulfillment() == FulfillmentStatus.FULFILLED) {
        response.setProofUri(networkUri.or(() -> ownUri(fulfilled)).orElseThrow(() -> away()));
      }
    }
    return response.build();
  }

  private Optional<String> ownUri(State.Fulfilled fulfilled) {
    return fulfilled.proof().map(proof -> urls.proof(artifacts.proofPath(proof.artifact())));
  }

  private static Refusal away() {
    return new Refusal(
        Reason.TRY_AGAIN,
        "the prover network keeps the proof, and does not answer just now; try again");
  }

  /**
   * A ProofRequest with the tail of the schema that the request was made in: a client of the other
   * schema could not decode it, and would ask again for two minutes.
   */
  ByteString details(RequestId id, State.Known state) {
    Face face = PublicFace.of(state, clock.instant());
    Order order = state.facts().order();
    ByteString tail =
        switch (order.terms().schema()) {
          case BASE -> baseTail(order, face);
          case AUCTION -> auctionTail(order, face, state);
        };
    return common(id, state, face).toByteString().concat(tail);
  }

  private static ProofRequest common(RequestId id, State.Known state, Face face) {
    State.Facts facts = state.facts();
    Order order = facts.order();
    Order.Terms terms = order.terms();
    ProofRequest.Builder request =
        ProofRequest.newBuilder()
            .setRequestId(Bytes.of(id.bytes()))
            .setVkHash(Bytes.of(terms.vkHash().bytes()))
            .setVersion(terms.version().wire())
            .setMode(ProofMode.valueOf(terms.mode().name()))
            .setStrategyValue(terms.strategy())
            .setProgramUri(order.programUri())
            .setStdinUri(terms.stdinUri())
            .setDeadline(face.deadline().getEpochSecond())
            .setCycleLimit(terms.cycleLimit())
            .setFulfillmentStatus(face.fulfillment())
            .setExecutionStatus(face.execution())
            .setRequester(Bytes.of(order.requester().bytes()))
            .setCreatedAt(facts.acceptedAt().getEpochSecond())
            .setUpdatedAt(facts.updatedAt().getEpochSecond())
            .setTxHash(NO_TX)
            .setGasLimit(terms.gasLimit())
            .setExecuteFailCause(face.executeFailureCause())
            .setSettlementStatus(SettlementStatus.UNSETTLED)
            .setMinAuctionPeriod(terms.minAuctionPeriod());
    for (Address address : terms.whitelist()) {
      request.addWhitelist(Bytes.of(address.bytes()));
    }
    terms.publicValuesHash().ifPresent(d -> request.setPublicValuesHash(Bytes.of(d.bytes())));
    facts
        .execution()
        .ifPresent(
            execution ->
                request
                    .setCycles(execution.cycles())
                    .setGasUsed(execution.gas())
                    .setPublicValuesHash(Bytes.of(execution.publicValuesDigest().bytes())));
    if (state instanceof State.Fulfilled fulfilled) {
      request.setFulfilledAt(
          fulfilled.proof().map(StoredProof::at).orElse(facts.updatedAt()).getEpochSecond());
    }
    return request.build();
  }

  private static ByteString baseTail(Order order, Face face) {
    return BaseProofRequestTail.newBuilder()
        .setError(face.error())
        .setStdinPrivate(order.terms().stdinPrivate())
        .build()
        .toByteString();
  }

  private static ByteString auctionTail(Order order, Face face, State.Known state) {
    AuctionProofRequestTail.Builder tail =
        AuctionProofRequestTail.newBuilder()
            .setError(face.error())
            .setIsCanceled(face.canceled())
            .setStdinPrivate(order.terms().stdinPrivate());
    order
        .terms()
        .auction()
        .ifPresent(
            terms -> tail.setBaseFee(terms.baseFee()).setMaxPricePerPgu(terms.maxPricePerPgu()));
    if (state instanceof State.Failed failed) {
      tail.setErrorTrace(trace(failed));
    }
    return tail.build().toByteString();
  }

  private static ByteString trace(State.Failed failed) {
    String detail = failed.detail();
    String bounded = detail.length() > MAX_TRACE ? detail.substring(0, MAX_TRACE) : detail;
    return ByteString.copyFromUtf8(
        "{\"cause\":\""
            + failed.cause()
            + "\",\"message\":\""
            + new String(JsonStringEncoder.getInstance().quoteAsString(bounded))
            + "\"}");
  }
}
