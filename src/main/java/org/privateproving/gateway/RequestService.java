package org.privateproving.gateway;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.grpc.javadsl.Metadata;
import org.privateproving.domain.Refusal;
import org.privateproving.domain.Refusal.Reason;
import org.privateproving.domain.RequestId;
import org.privateproving.network.ProverNetwork;
import org.privateproving.network.ProverNetwork.Authorization;
import org.privateproving.request.Requests;
import org.privateproving.request.Snapshot;
import org.privateproving.request.State;
import org.privateproving.wire.network.CancelRequestResponse;
import org.privateproving.wire.network.CreateProgramResponse;
import org.privateproving.wire.network.GetBalanceRequest;
import org.privateproving.wire.network.GetBalanceResponse;
import org.privateproving.wire.network.GetFilteredProofRequestsRequest;
import org.privateproving.wire.network.GetFilteredProofRequestsResponse;
import org.privateproving.wire.network.GetMarketPricePerPguRequest;
import org.privateproving.wire.network.GetMarketPricePerPguResponse;
import org.privateproving.wire.network.GetNonceRequest;
import org.privateproving.wire.network.GetNonceResponse;
import org.privateproving.wire.network.GetProgramRequest;
import org.privateproving.wire.network.GetProgramResponse;
import org.privateproving.wire.network.GetProofRequestDetailsRequest;
import org.privateproving.wire.network.GetProofRequestDetailsResponse;
import org.privateproving.wire.network.GetProofRequestParamsRequest;
import org.privateproving.wire.network.GetProofRequestParamsResponse;
import org.privateproving.wire.network.GetProofRequestStatusRequest;
import org.privateproving.wire.network.GetProofRequestStatusResponse;
import org.privateproving.wire.network.GetProversByUptimeRequest;
import org.privateproving.wire.network.GetProversByUptimeResponse;
import org.privateproving.wire.network.ProverNetworkPowerApi;
import org.privateproving.wire.network.RequestProofResponse;
import org.privateproving.wire.network.SignedRequest;

/**
 * {@code network.ProverNetwork}, as far as it is about requests, which are the same wherever they
 * are registered. What a client asks a network besides is refused here: whoever stands in front of
 * a network passes it on before it comes here.
 */
class RequestService implements ProverNetworkPowerApi {
  private static final Duration NETWORK_PATIENCE = Duration.ofSeconds(3);

  private final ProverNetwork network;
  private final Requests requests;
  private final Polls polls;
  private final RequestProofFlow requestProof;
  private final CancelFlow cancel;
  private final RequestView view;

  RequestService(
      ProverNetwork network,
      Requests requests,
      Polls polls,
      RequestProofFlow requestProof,
      CancelFlow cancel,
      RequestView view) {
    this.network = network;
    this.requests = requests;
    this.polls = polls;
    this.requestProof = requestProof;
    this.cancel = cancel;
    this.view = view;
  }

  @Override
  public CompletionStage<RequestProofResponse> requestProof(
      SignedRequest request, Metadata metadata) {
    return requestProof.request(request, authorization(metadata));
  }

  @Override
  public CompletionStage<GetProofRequestStatusResponse> getProofRequestStatus(
      GetProofRequestStatusRequest request, Metadata metadata) {
    RequestId id = Bytes.read("request_id", request.getRequestId(), RequestId::of);
    return polls
        .poll(id)
        .thenCompose(
            found -> {
              State.Known state = known(id, found);
              return networkUri(id, state).thenApply(uri -> view.status(state, uri));
            });
  }

  /**
   * Asked for each time, since it is a capability; that the network is away is no reason to fail.
   */
  private CompletionStage<Optional<String>> networkUri(RequestId id, State.Known state) {
    return state instanceof State.Fulfilled
        ? network
            .proofUri(id)
            .toCompletableFuture()
            .copy()
            .orTimeout(NETWORK_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
            .exceptionally(_ -> Optional.empty())
        : CompletableFuture.completedStage(Optional.empty());
  }

  @Override
  public CompletionStage<GetProofRequestDetailsResponse> getProofRequestDetails(
      GetProofRequestDetailsRequest request, Metadata metadata) {
    RequestId id = Bytes.read("request_id", request.getRequestId(), RequestId::of);
    return requests
        .find(id)
        .thenApply(
            found ->
                GetProofRequestDetailsResponse.newBuilder()
                    .setRequest(view.details(id, known(id, found)))
                    .build());
  }

  @Override
  public CompletionStage<CancelRequestResponse> cancelRequest(
      SignedRequest request, Metadata metadata) {
    return cancel.cancel(request, authorization(metadata));
  }

  private static Optional<Authorization> authorization(Metadata metadata) {
    return metadata.getText("authorization").map(Authorization::new);
  }

  @Override
  public CompletionStage<GetNonceResponse> getNonce(GetNonceRequest request, Metadata metadata) {
    throw notOffered("GetNonce");
  }

  @Override
  public CompletionStage<GetProgramResponse> getProgram(
      GetProgramRequest request, Metadata metadata) {
    throw notOffered("GetProgram");
  }

  @Override
  public CompletionStage<CreateProgramResponse> createProgram(
      SignedRequest request, Metadata metadata) {
    throw notOffered("CreateProgram");
  }

  @Override
  public CompletionStage<GetFilteredProofRequestsResponse> getFilteredProofRequests(
      GetFilteredProofRequestsRequest request, Metadata metadata) {
    throw notOffered("GetFilteredProofRequests");
  }

  @Override
  public CompletionStage<GetBalanceResponse> getBalance(
      GetBalanceRequest request, Metadata metadata) {
    throw notOffered("GetBalance");
  }

  @Override
  public CompletionStage<GetProofRequestParamsResponse> getProofRequestParams(
      GetProofRequestParamsRequest request, Metadata metadata) {
    throw notOffered("GetProofRequestParams");
  }

  @Override
  public CompletionStage<GetProversByUptimeResponse> getProversByUptime(
      GetProversByUptimeRequest request, Metadata metadata) {
    throw notOffered("GetProversByUptime");
  }

  @Override
  public CompletionStage<GetMarketPricePerPguResponse> getMarketPricePerPgu(
      GetMarketPricePerPguRequest request, Metadata metadata) {
    throw notOffered("GetMarketPricePerPgu");
  }

  private static Refusal notOffered(String method) {
    return new Refusal(Reason.UNSUPPORTED, method + " is not passed on to the prover network");
  }

  static State.Known known(RequestId id, Optional<Snapshot> found) {
    return found
        .map(Snapshot::state)
        .filter(State.Known.class::isInstance)
        .map(State.Known.class::cast)
        .orElseThrow(
            () ->
                notFound(
                    "request " + id + " is unknown here; it was never made, or its time is over"));
  }

  static Refusal notFound(String message) {
    return new Refusal(Reason.NOT_FOUND, message);
  }
}
