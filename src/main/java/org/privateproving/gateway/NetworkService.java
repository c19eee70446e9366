package org.privateproving.gateway;

import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.grpc.javadsl.Metadata;
import org.privateproving.domain.Address;
import org.privateproving.domain.Refusal;
import org.privateproving.domain.Refusal.Reason;
import org.privateproving.domain.RequestId;
import org.privateproving.domain.VkHash;
import org.privateproving.network.ProverNetwork;
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
import org.privateproving.wire.network.Program;
import org.privateproving.wire.network.ProverNetworkPowerApi;
import org.privateproving.wire.network.RequestProofResponse;
import org.privateproving.wire.network.SignedRequest;

/** {@code network.ProverNetwork}: each call to whom it concerns. */
final class NetworkService implements ProverNetworkPowerApi {
  private final ProverNetwork network;
  private final Requests requests;
  private final Polls polls;
  private final CreateProgramFlow createProgram;
  private final RequestProofFlow requestProof;
  private final CancelFlow cancel;
  private final RequestView view;
  private final GatewaySettings.Listing listing;

  NetworkService(
      ProverNetwork network,
      Requests requests,
      Polls polls,
      CreateProgramFlow createProgram,
      RequestProofFlow requestProof,
      CancelFlow cancel,
      RequestView view,
      GatewaySettings.Listing listing) {
    this.network = network;
    this.requests = requests;
    this.polls = polls;
    this.createProgram = createProgram;
    this.requestProof = requestProof;
    this.cancel = cancel;
    this.view = view;
    this.listing = listing;
  }

  @Override
  public CompletionStage<GetNonceResponse> getNonce(GetNonceRequest request, Metadata metadata) {
    return network
        .nonce(Bytes.read("address", request.getAddress(), Address::of))
        .thenApply(nonce -> GetNonceResponse.newBuilder().setNonce(nonce).build());
  }

  @Override
  public CompletionStage<GetProgramResponse> getProgram(
      GetProgramRequest request, Metadata metadata) {
    VkHash vkHash = Bytes.read("vk_hash", request.getVkHash(), VkHash::of);
    return network
        .program(vkHash)
        .thenApply(
            found ->
                GetProgramResponse.newBuilder()
                    .setProgram(
                        program(
                            found.orElseThrow(
                                () ->
                                    notFound(
                                        "program " + vkHash + " is not registered; register it"))))
                    .build());
  }

  @Override
  public CompletionStage<CreateProgramResponse> createProgram(
      SignedRequest request, Metadata metadata) {
    return createProgram.create(request);
  }

  @Override
  public CompletionStage<RequestProofResponse> requestProof(
      SignedRequest request, Metadata metadata) {
    return requestProof.request(request);
  }

  @Override
  public CompletionStage<GetProofRequestStatusResponse> getProofRequestStatus(
      GetProofRequestStatusRequest request, Metadata metadata) {
    RequestId id = Bytes.read("request_id", request.getRequestId(), RequestId::of);
    return polls.poll(id).thenApply(found -> view.status(known(id, found)));
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
  public CompletionStage<GetFilteredProofRequestsResponse> getFilteredProofRequests(
      GetFilteredProofRequestsRequest request, Metadata metadata) {
    return requests
        .list(Listing.filter(listing, request))
        .thenApply(
            found -> {
              var response = GetFilteredProofRequestsResponse.newBuilder();
              for (Snapshot snapshot : found) {
                if (snapshot.state() instanceof State.Known state) {
                  response.addRequests(view.details(snapshot.id(), state));
                }
              }
              return response.build();
            });
  }

  @Override
  public CompletionStage<GetBalanceResponse> getBalance(
      GetBalanceRequest request, Metadata metadata) {
    return network
        .balance(Bytes.read("address", request.getAddress(), Address::of))
        .thenApply(amount -> GetBalanceResponse.newBuilder().setAmount(amount).build());
  }

  @Override
  public CompletionStage<GetProofRequestParamsResponse> getProofRequestParams(
      GetProofRequestParamsRequest request, Metadata metadata) {
    return network.params(request);
  }

  @Override
  public CompletionStage<GetProversByUptimeResponse> getProversByUptime(
      GetProversByUptimeRequest request, Metadata metadata) {
    return network.provers(request);
  }

  @Override
  public CompletionStage<CancelRequestResponse> cancelRequest(
      SignedRequest request, Metadata metadata) {
    return cancel.cancel(request);
  }

  @Override
  public CompletionStage<GetMarketPricePerPguResponse> getMarketPricePerPgu(
      GetMarketPricePerPguRequest request, Metadata metadata) {
    return network.marketPrice();
  }

  private static Program program(ProverNetwork.Program program) {
    return Program.newBuilder()
        .setVkHash(Bytes.of(program.vkHash().bytes()))
        .setVk(Bytes.of(program.vk()))
        .setProgramUri(program.programUri())
        .setOwner(Bytes.of(program.owner().bytes()))
        .setCreatedAt(program.createdAt().getEpochSecond())
        .build();
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

  private static Refusal notFound(String message) {
    return new Refusal(Reason.NOT_FOUND, message);
  }
}
