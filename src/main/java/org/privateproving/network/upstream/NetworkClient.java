package org.privateproving.network.upstream;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.grpc.Status;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.privateproving.domain.Address;
import org.privateproving.domain.Refusal;
import org.privateproving.domain.Refusal.Reason;
import org.privateproving.domain.RequestId;
import org.privateproving.domain.RootCause;
import org.privateproving.domain.Schema;
import org.privateproving.network.NetworkRefusal;
import org.privateproving.network.NetworkRequest;
import org.privateproving.network.ProverNetwork.Authorization;
import org.privateproving.network.ProverNetwork.Signed;
import org.privateproving.wire.network.FulfillmentStatus;
import org.privateproving.wire.network.GetFilteredProofRequestsRequest;
import org.privateproving.wire.network.GetFilteredProofRequestsResponse;
import org.privateproving.wire.network.GetNonceRequest;
import org.privateproving.wire.network.GetNonceResponse;
import org.privateproving.wire.network.GetOwnerRequest;
import org.privateproving.wire.network.GetOwnerResponse;
import org.privateproving.wire.network.GetProofRequestDetailsRequest;
import org.privateproving.wire.network.GetProofRequestDetailsResponse;
import org.privateproving.wire.network.GetProofRequestParamsRequest;
import org.privateproving.wire.network.GetProofRequestParamsResponse;
import org.privateproving.wire.network.GetProofRequestStatusRequest;
import org.privateproving.wire.network.GetProofRequestStatusResponse;
import org.privateproving.wire.network.ProofMode;
import org.privateproving.wire.network.SignedRequest;
import org.privateproving.wire.network.SignedResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What we ask the network ourselves. Stages fail as those of {@link NetworkCalls}. */
final class NetworkClient {
  /** What the network lists at most in one answer. */
  private static final int PAGE = 100;

  private static final int MAX_PAGES = 20;
  private static final Address NOBODY = Address.of(new byte[Address.BYTES]);
  private static final Logger LOG = LoggerFactory.getLogger(NetworkClient.class);

  /**
   * One page of a list of requests.
   *
   * @param unreadable how many more are on it that cannot be read
   */
  record Page(List<NetworkRequest> requests, int unreadable) {
    /** Whether the list may go on on the next page. */
    boolean isFull() {
      return requests.size() + unreadable >= PAGE;
    }
  }

  private final NetworkCalls calls;
  private final Remembered<Schema> schema;

  /**
   * @param schema empty: found out by a call that only the auction schema has
   */
  NetworkClient(NetworkCalls calls, Optional<Schema> schema) {
    this(calls, schema, InstantSource.system());
  }

  NetworkClient(NetworkCalls calls, Optional<Schema> schema, InstantSource clock) {
    this.calls = calls;
    this.schema = new Remembered<>(clock);
    schema.ifPresent(configured -> this.schema.remember(configured, true));
  }

  /**
   * Which schema the network speaks. That it lacks a call may be the word of whatever stands in
   * front of it, while that is being replaced: so it must lack it still after it answered another,
   * and is believed for a while only.
   */
  CompletionStage<Schema> schema() {
    Schema known = schema.get();
    if (known != null) {
      return CompletableFuture.completedStage(known);
    }
    return tellsParams()
        .thenCompose(
            tells ->
                tells
                    ? CompletableFuture.completedStage(true)
                    : answers().thenCompose(_ -> tellsParams()))
        .thenApply(
            auction -> {
              Schema found = auction ? Schema.AUCTION : Schema.BASE;
              schema.remember(found, auction);
              return found;
            });
  }

  private CompletionStage<Boolean> tellsParams() {
    return params()
        .thenApply(_ -> true)
        .exceptionallyCompose(
            failure ->
                isCode(failure, Status.Code.UNIMPLEMENTED)
                    ? CompletableFuture.completedStage(false)
                    : CompletableFuture.failedStage(failure));
  }

  /** Fails unless the network itself answers a call that both schemas have, whatever it says. */
  private CompletionStage<Boolean> answers() {
    return nonce(NOBODY)
        .thenApply(_ -> true)
        .exceptionallyCompose(
            failure ->
                refusal(failure)
                        .filter(
                            refusal ->
                                !refusal.isAmbiguous()
                                    && refusal.code() != Status.Code.UNIMPLEMENTED)
                        .isPresent()
                    ? CompletableFuture.completedStage(true)
                    : CompletableFuture.failedStage(failure));
  }

  static boolean isCode(Throwable failure, Status.Code code) {
    return refusal(failure).filter(refusal -> refusal.code() == code).isPresent();
  }

  /** Of the auction schema. */
  CompletionStage<GetProofRequestParamsResponse> params() {
    return calls.call(
        "GetProofRequestParams",
        GetProofRequestParamsRequest.newBuilder().setMode(ProofMode.CORE).build(),
        GetProofRequestParamsResponse.parser());
  }

  /** The next nonce of {@code signer}: unsigned 64 bits. */
  CompletionStage<Long> nonce(Address signer) {
    return calls
        .call(
            "GetNonce",
            GetNonceRequest.newBuilder().setAddress(bytes(signer.bytes())).build(),
            GetNonceResponse.parser())
        .thenApply(GetNonceResponse::getNonce);
  }

  /** In whose name {@code signer} acts: its own unless it was delegated. */
  CompletionStage<Address> owner(Address signer) {
    return calls
        .call(
            "GetOwner",
            GetOwnerRequest.newBuilder().setAddress(bytes(signer.bytes())).build(),
            GetOwnerResponse.parser())
        .thenApply(
            response ->
                response.getOwner().size() == Address.BYTES
                    ? Address.of(response.getOwner().toByteArray())
                    : signer);
  }

  CompletionStage<GetProofRequestStatusResponse> status(RequestId id) {
    return calls.call(
        "GetProofRequestStatus",
        GetProofRequestStatusRequest.newBuilder().setRequestId(bytes(id.bytes())).build(),
        GetProofRequestStatusResponse.parser());
  }

  /** Empty: the network does not know it. */
  CompletionStage<Optional<NetworkRequest>> details(RequestId id) {
    return schema()
        .thenCompose(
            schema ->
                described(id)
                    .thenApply(
                        bytes ->
                            bytes.isEmpty()
                                ? Optional.empty()
                                : Optional.of(NetworkRequest.parse(bytes, schema))));
  }

  private CompletionStage<ByteString> described(RequestId id) {
    return calls
        .call(
            "GetProofRequestDetails",
            GetProofRequestDetailsRequest.newBuilder().setRequestId(bytes(id.bytes())).build(),
            GetProofRequestDetailsResponse.parser())
        .thenApply(GetProofRequestDetailsResponse::getRequest)
        .exceptionallyCompose(
            failure ->
                isCode(failure, Status.Code.NOT_FOUND)
                    ? CompletableFuture.completedStage(ByteString.EMPTY)
                    : CompletableFuture.failedStage(failure));
  }

  /** The first request of {@code requester} with that stdin, if the network has one. */
  CompletionStage<Optional<NetworkRequest>> find(Address requester, String stdinUri) {
    return find(requester, stdinUri, 1, false);
  }

  private CompletionStage<Optional<NetworkRequest>> find(
      Address requester, String stdinUri, int page, boolean unreadBefore) {
    var filter =
        GetFilteredProofRequestsRequest.newBuilder().setRequester(bytes(requester.bytes()));
    return page(filter, page)
        .thenCompose(
            found -> {
              Optional<NetworkRequest> match =
                  found.requests().stream()
                      .filter(request -> request.message().getStdinUri().equals(stdinUri))
                      .findFirst();
              if (match.isPresent()) {
                return CompletableFuture.completedStage(match);
              }
              boolean unread = unreadBefore || found.unreadable() > 0;
              if (!found.isFull()) {
                return unread
                    ? notSeen("requests that cannot be read")
                    : CompletableFuture.completedStage(match);
              }
              return page < MAX_PAGES
                  ? find(requester, stdinUri, page + 1, unread)
                  : notSeen("too many requests");
            });
  }

  /** Not to have seen it is not to know that it is not there. */
  private static <T> CompletionStage<T> notSeen(String among) {
    return CompletableFuture.failedStage(
        new Refusal(
            Reason.TRY_AGAIN,
            "the prover network lists " + among + ", and this one was not found; try again"));
  }

  /**
   * Requests that wait for {@code fulfiller}.
   *
   * @param now those are left out whose deadline is over
   * @param page from 1
   */
  CompletionStage<Page> assigned(Address fulfiller, Instant now, int page) {
    return page(
        GetFilteredProofRequestsRequest.newBuilder()
            .setFulfiller(bytes(fulfiller.bytes()))
            .setFulfillmentStatus(FulfillmentStatus.ASSIGNED)
            .setMinimumDeadline(now.getEpochSecond()),
        page);
  }

  private CompletionStage<Page> page(GetFilteredProofRequestsRequest.Builder filter, int page) {
    return schema()
        .thenCompose(
            schema ->
                calls
                    .call(
                        "GetFilteredProofRequests",
                        filter.setLimit(PAGE).setPage(page).build(),
                        GetFilteredProofRequestsResponse.parser())
                    .thenApply(response -> readable(response.getRequestsList(), schema)));
  }

  /** One that cannot be read is no reason to do without the others. */
  private static Page readable(List<ByteString> listed, Schema schema) {
    List<NetworkRequest> requests =
        listed.stream().flatMap(bytes -> NetworkRequest.tryParse(bytes, schema).stream()).toList();
    int unreadable = listed.size() - requests.size();
    if (unreadable > 0) {
      LOG.warn("The prover network lists {} requests that cannot be read; left out", unreadable);
    }
    return new Page(requests, unreadable);
  }

  /** Sends a signed message; yields the transaction's hash. */
  CompletionStage<byte[]> send(String method, SignedRequest message) {
    return calls
        .call(method, message, SignedResponse.parser())
        .thenApply(response -> response.getTxHash().toByteArray());
  }

  /** Sends a client's message as it came, and what its sender showed besides. */
  <T extends MessageLite> CompletionStage<T> forward(
      String method, Signed message, Parser<T> answer) {
    String authorization = message.authorization().map(Authorization::header).orElse(null);
    return calls.call(method, message.envelope(), authorization, answer);
  }

  static Optional<NetworkRefusal> refusal(Throwable failure) {
    return RootCause.of(failure) instanceof NetworkRefusal refusal
        ? Optional.of(refusal)
        : Optional.empty();
  }

  /**
   * What the network says to a question of ours says nothing of what the question was for: that may
   * be tried again.
   *
   * @param asked what it was about, for the log
   */
  static <T> CompletionStage<T> notAnswered(String asked, Throwable failure) {
    return CompletableFuture.failedStage(
        refusal(failure)
            .<Throwable>map(
                refusal ->
                    new Refusal(
                        Reason.TRY_AGAIN,
                        "the prover network does not tell " + asked + ": " + refusal.code()))
            .orElseGet(() -> RootCause.of(failure)));
  }

  private static ByteString bytes(byte[] bytes) {
    return ByteString.copyFrom(bytes);
  }
}
