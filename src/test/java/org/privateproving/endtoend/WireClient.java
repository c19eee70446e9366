package org.privateproving.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.privateproving.domain.Schema;
import org.privateproving.gateway.Signer;
import org.privateproving.wire.artifact.ArtifactType;
import org.privateproving.wire.artifact.CreateArtifactResponse;
import org.privateproving.wire.network.AuctionProofRequestTail;
import org.privateproving.wire.network.BaseProofRequestTail;
import org.privateproving.wire.network.CancelRequestRequestBody;
import org.privateproving.wire.network.CancelRequestResponse;
import org.privateproving.wire.network.CreateProgramRequestBody;
import org.privateproving.wire.network.CreateProgramResponse;
import org.privateproving.wire.network.FulfillmentStatus;
import org.privateproving.wire.network.FulfillmentStrategy;
import org.privateproving.wire.network.GetNonceRequest;
import org.privateproving.wire.network.GetNonceResponse;
import org.privateproving.wire.network.GetProofRequestDetailsRequest;
import org.privateproving.wire.network.GetProofRequestDetailsResponse;
import org.privateproving.wire.network.GetProofRequestParamsRequest;
import org.privateproving.wire.network.GetProofRequestParamsResponse;
import org.privateproving.wire.network.GetProofRequestStatusRequest;
import org.privateproving.wire.network.GetProofRequestStatusResponse;
import org.privateproving.wire.network.ProofMode;
import org.privateproving.wire.network.ProofRequest;
import org.privateproving.wire.network.RequestProofRequestBody;
import org.privateproving.wire.network.RequestProofResponse;
import org.privateproving.wire.network.SignedRequest;

/**
 * A client that says whatever a test wants, well-formed or not: what the SDK's own manners would
 * not let through.
 */
final class WireClient implements AutoCloseable {
  /** Nobody looks at it but the client that fetches it. */
  private static final ByteString SOME_VK = ByteString.copyFrom(new byte[104]);

  private static final Duration END_WITHIN = Duration.ofMinutes(3);

  private final ManagedChannel connection;
  private final Channel channel;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Signer signer;
  private final URI url;

  WireClient(URI url, Signer signer) {
    this(url, signer, new Metadata());
  }

  /**
   * @param headers of every call, as SDKs send them that were told a token
   */
  WireClient(URI url, Signer signer, Metadata headers) {
    this.url = url;
    this.signer = signer;
    connection =
        ManagedChannelBuilder.forAddress(url.getHost(), url.getPort()).usePlaintext().build();
    channel =
        ClientInterceptors.intercept(
            connection, MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  URI url() {
    return url;
  }

  /** An upload that was granted. */
  record Grant(String uri, URI put) {}

  <Q extends Message, R extends Message> R call(String method, Q request, R example) {
    return ClientCalls.blockingUnaryCall(
        channel, descriptor(method, request, example), CallOptions.DEFAULT, request);
  }

  @SuppressWarnings("unchecked")
  private static <Q extends Message, R extends Message> MethodDescriptor<Q, R> descriptor(
      String method, Q request, R example) {
    return MethodDescriptor.<Q, R>newBuilder()
        .setType(MethodDescriptor.MethodType.UNARY)
        .setFullMethodName(method.contains("/") ? method : "network.ProverNetwork/" + method)
        .setRequestMarshaller(ProtoUtils.marshaller((Q) request.getDefaultInstanceForType()))
        .setResponseMarshaller(ProtoUtils.marshaller(example))
        .build();
  }

  // Uploads.

  Grant grant(ArtifactType type) {
    CreateArtifactResponse granted =
        call(
            "artifact.ArtifactStore/CreateArtifact",
            signer.createArtifact(type),
            CreateArtifactResponse.getDefaultInstance());
    return new Grant(granted.getArtifactUri(), URI.create(granted.getArtifactPresignedUrl()));
  }

  HttpResponse<String> put(URI url, BodyPublisher body) throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(url).PUT(body).build(), HttpResponse.BodyHandlers.ofString());
  }

  byte[] get(URI url) throws IOException, InterruptedException {
    var response =
        http.send(HttpRequest.newBuilder(url).build(), HttpResponse.BodyHandlers.ofByteArray());
    assertThat(response.statusCode()).isEqualTo(200);
    return response.body();
  }

  /** The answer, whatever it is. */
  HttpResponse<String> getAny(URI url) throws IOException, InterruptedException {
    return http.send(HttpRequest.newBuilder(url).build(), HttpResponse.BodyHandlers.ofString());
  }

  /** Returns the artifact's URI. */
  String upload(ArtifactType type, byte[] body) throws IOException, InterruptedException {
    Grant grant = grant(type);
    assertThat(put(grant.put(), BodyPublishers.ofByteArray(body)).statusCode()).isEqualTo(200);
    return grant.uri();
  }

  String uploadStdin(byte[] body) throws IOException, InterruptedException {
    return upload(ArtifactType.PRIVATE_STDIN, body);
  }

  // Signed calls.

  long nonce() {
    var address = ByteString.copyFrom(signer.address().bytes());
    return call(
            "GetNonce",
            GetNonceRequest.newBuilder().setAddress(address).build(),
            GetNonceResponse.getDefaultInstance())
        .getNonce();
  }

  CreateProgramRequestBody programBody(ByteString vkHash, String uri) {
    return CreateProgramRequestBody.newBuilder()
        .setNonce(nonce())
        .setVkHash(vkHash)
        .setVk(SOME_VK)
        .setProgramUri(uri)
        .build();
  }

  void createProgram(CreateProgramRequestBody body) {
    call("CreateProgram", signer.envelope(body), CreateProgramResponse.getDefaultInstance());
  }

  /** Uploads a program and registers it. */
  void register(ByteString vkHash, byte[] program) throws IOException, InterruptedException {
    createProgram(programBody(vkHash, upload(ArtifactType.PROGRAM, program)));
  }

  void register(Guest guest) throws IOException, InterruptedException {
    register(guest.vkHash(), Encodings.zstd(Encodings.program(guest.elf())));
  }

  /** As SDK 5.2.4 sends it in the base schema: without tag 12. The nonce is a fresh one. */
  RequestProofRequestBody.Builder body(ByteString vkHash, String stdinUri) {
    return RequestProofRequestBody.newBuilder()
        .setNonce(nonce())
        .setVkHash(vkHash)
        .setVersion("sp1-v6.1.0")
        .setMode(ProofMode.CORE)
        .setStrategy(FulfillmentStrategy.HOSTED)
        .setStdinUri(stdinUri)
        .setDeadline(Instant.now().plusSeconds(3600).getEpochSecond())
        .setCycleLimit(-1)
        .setGasLimit(-1);
  }

  /** As SDK 6 sends it to an open market. */
  RequestProofRequestBody.Builder auctionBody(ByteString vkHash, String stdinUri) {
    return body(vkHash, stdinUri)
        .setAuctioneer(address(1))
        .setExecutor(address(2))
        .setVerifier(address(3))
        .setTreasury(address(4))
        .setBaseFee("0")
        .setMaxPricePerPgu("0");
  }

  /** As SDK 6 asks a prover network of this schema, whose own terms it has asked for. */
  RequestProofRequestBody.Builder networkBody(Schema schema, ByteString vkHash, String stdinUri) {
    if (schema == Schema.BASE) {
      return body(vkHash, stdinUri).setStrategy(FulfillmentStrategy.RESERVED);
    }
    GetProofRequestParamsResponse terms =
        call(
            "GetProofRequestParams",
            GetProofRequestParamsRequest.newBuilder().setMode(ProofMode.CORE).build(),
            GetProofRequestParamsResponse.getDefaultInstance());
    return auctionBody(vkHash, stdinUri)
        .setStrategy(FulfillmentStrategy.AUCTION)
        .setDomain(terms.getDomain());
  }

  private static ByteString address(int filler) {
    byte[] bytes = new byte[20];
    Arrays.fill(bytes, (byte) filler);
    return ByteString.copyFrom(bytes);
  }

  SignedRequest sign(RequestProofRequestBody.Builder body) {
    return signer.envelope(body.build());
  }

  /** Returns the request's id. */
  ByteString request(SignedRequest signed) {
    return call("RequestProof", signed, RequestProofResponse.getDefaultInstance())
        .getBody()
        .getRequestId();
  }

  ByteString request(RequestProofRequestBody.Builder body) {
    return request(sign(body));
  }

  CompletableFuture<ByteString> requestLater(RequestProofRequestBody.Builder body) {
    return requestLater(sign(body));
  }

  CompletableFuture<ByteString> requestLater(SignedRequest signed) {
    return CompletableFuture.supplyAsync(() -> request(signed), Thread::startVirtualThread);
  }

  void cancel(ByteString id) {
    var body = CancelRequestRequestBody.newBuilder().setNonce(nonce()).setRequestId(id).build();
    call("CancelRequest", signer.envelope(body), CancelRequestResponse.getDefaultInstance());
  }

  // What became of it.

  GetProofRequestStatusResponse status(ByteString id) {
    return call(
        "GetProofRequestStatus",
        GetProofRequestStatusRequest.newBuilder().setRequestId(id).build(),
        GetProofRequestStatusResponse.getDefaultInstance());
  }

  CompletableFuture<GetProofRequestStatusResponse> statusLater(ByteString id) {
    return CompletableFuture.supplyAsync(() -> status(id), Thread::startVirtualThread);
  }

  /** Polls until the request has ended, well or not. */
  GetProofRequestStatusResponse awaitEnd(ByteString id) {
    AtomicReference<GetProofRequestStatusResponse> latest = new AtomicReference<>();
    await("the end of a request")
        .atMost(END_WITHIN)
        .pollInterval(Duration.ofMillis(100))
        .until(
            () -> {
              latest.set(status(id));
              return latest.get().getFulfillmentStatus().compareTo(FulfillmentStatus.ASSIGNED) > 0;
            });
    return latest.get();
  }

  /** As the status, but never held. */
  ProofRequest details(ByteString id) throws InvalidProtocolBufferException {
    return ProofRequest.parseFrom(detailsOf(id));
  }

  private ByteString detailsOf(ByteString id) {
    return call(
            "GetProofRequestDetails",
            GetProofRequestDetailsRequest.newBuilder().setRequestId(id).build(),
            GetProofRequestDetailsResponse.getDefaultInstance())
        .getRequest();
  }

  BaseProofRequestTail baseTail(ByteString id) throws InvalidProtocolBufferException {
    return BaseProofRequestTail.parseFrom(detailsOf(id));
  }

  AuctionProofRequestTail auctionTail(ByteString id) throws InvalidProtocolBufferException {
    return AuctionProofRequestTail.parseFrom(detailsOf(id));
  }

  @Override
  public void close() {
    connection.shutdownNow();
    http.close();
  }
}
