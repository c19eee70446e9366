package org.privateproving.gateway;

import java.util.concurrent.CompletionStage;
import org.apache.pekko.grpc.javadsl.Metadata;
import org.privateproving.domain.Address;
import org.privateproving.domain.VkHash;
import org.privateproving.network.Ledger;
import org.privateproving.network.ProverNetwork;
import org.privateproving.request.Requests;
import org.privateproving.request.Snapshot;
import org.privateproving.request.State;
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
import org.privateproving.wire.network.GetProofRequestParamsRequest;
import org.privateproving.wire.network.GetProofRequestParamsResponse;
import org.privateproving.wire.network.GetProversByUptimeRequest;
import org.privateproving.wire.network.GetProversByUptimeResponse;
import org.privateproving.wire.network.Program;
import org.privateproving.wire.network.SignedRequest;

/** The same with what a client asks a network besides: our own ledger answers it. */
final class HostedService extends RequestService {
  private final Ledger ledger;
  private final Requests requests;
  private final CreateProgramFlow createProgram;
  private final RequestView view;
  private final GatewaySettings.Listing listing;

  HostedService(
      Ledger ledger,
      Requests requests,
      Polls polls,
      CreateProgramFlow createProgram,
      RequestProofFlow requestProof,
      CancelFlow cancel,
      RequestView view,
      GatewaySettings.Listing listing) {
    super(ledger, requests, polls, requestProof, cancel, view);
    this.ledger = ledger;
    this.requests = requests;
    this.createProgram = createProgram;
    this.view = view;
    this.listing = listing;
  }

  @Override
  public CompletionStage<GetNonceResponse> getNonce(GetNonceRequest request, Metadata metadata) {
    return ledger
        .nonce(Bytes.read("address", request.getAddress(), Address::of))
        .thenApply(nonce -> GetNonceResponse.newBuilder().setNonce(nonce).build());
  }

  @Override
  public CompletionStage<GetProgramResponse> getProgram(
      GetProgramRequest request, Metadata metadata) {
    VkHash vkHash = Bytes.read("vk_hash", request.getVkHash(), VkHash::of);
    return ledger
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
    return ledger
        .balance(Bytes.read("address", request.getAddress(), Address::of))
        .thenApply(amount -> GetBalanceResponse.newBuilder().setAmount(amount).build());
  }

  @Override
  public CompletionStage<GetProofRequestParamsResponse> getProofRequestParams(
      GetProofRequestParamsRequest request, Metadata metadata) {
    return ledger.params(request);
  }

  @Override
  public CompletionStage<GetProversByUptimeResponse> getProversByUptime(
      GetProversByUptimeRequest request, Metadata metadata) {
    return ledger.provers(request);
  }

  @Override
  public CompletionStage<GetMarketPricePerPguResponse> getMarketPricePerPgu(
      GetMarketPricePerPguRequest request, Metadata metadata) {
    return ledger.marketPrice();
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
}
