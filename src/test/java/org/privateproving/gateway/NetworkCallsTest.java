package org.privateproving.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.privateproving.artifact.ArtifactId;
import org.privateproving.domain.Digest;
import org.privateproving.domain.FailureCause;
import org.privateproving.domain.RequestId;
import org.privateproving.network.ProverNetwork.Authorization;
import org.privateproving.request.State;
import org.privateproving.wire.artifact.ArtifactType;
import org.privateproving.wire.artifact.CreateArtifactRequest;
import org.privateproving.wire.artifact.CreateArtifactResponse;
import org.privateproving.wire.network.AuctionProofRequestTail;
import org.privateproving.wire.network.BaseProofRequestTail;
import org.privateproving.wire.network.CancelRequestRequestBody;
import org.privateproving.wire.network.CancelRequestResponse;
import org.privateproving.wire.network.CreateProgramRequestBody;
import org.privateproving.wire.network.CreateProgramResponse;
import org.privateproving.wire.network.ExecuteFailureCause;
import org.privateproving.wire.network.FulfillmentStatus;
import org.privateproving.wire.network.GetFilteredProofRequestsRequest;
import org.privateproving.wire.network.GetFilteredProofRequestsResponse;
import org.privateproving.wire.network.GetProgramRequest;
import org.privateproving.wire.network.GetProgramResponse;
import org.privateproving.wire.network.GetProofRequestDetailsRequest;
import org.privateproving.wire.network.GetProofRequestDetailsResponse;
import org.privateproving.wire.network.GetProofRequestStatusRequest;
import org.privateproving.wire.network.GetProofRequestStatusResponse;
import org.privateproving.wire.network.MessageFormat;
import org.privateproving.wire.network.ProofRequest;
import org.privateproving.wire.network.ProofRequestError;
import org.privateproving.wire.network.RequestProofRequestBody;
import org.privateproving.wire.network.RequestProofResponse;
import org.privateproving.wire.network.SignedRequest;

/** The calls of the SDK, in its order, over a real socket. */
class NetworkCallsTest {
  private static final ByteString VK_HASH = Vectors.bytes(0xaa, 32);
  private static final GetProofRequestStatusResponse STATUS =
      GetProofRequestStatusResponse.getDefaultInstance();
  private static final RequestProofResponse REQUESTED = RequestProofResponse.getDefaultInstance();

  private RunningGateway gateway;

  @BeforeEach
  void start() throws Exception {
    gateway = RunningGateway.start("listing = by-requester");
  }

  @AfterEach
  void stop() throws Exception {
    gateway.close();
  }

  @Test
  void registersAProgramAndProvesIt() throws Exception {
    GetProgramRequest ask = GetProgramRequest.newBuilder().setVkHash(VK_HASH).build();
    assertThat(refusal("GetProgram", ask, GetProgramResponse.getDefaultInstance()).getCode())
        .isEqualTo(Status.Code.NOT_FOUND);

    register();
    assertThat(
            gateway
                .call("GetProgram", ask, GetProgramResponse.getDefaultInstance())
                .getProgram()
                .getVk())
        .isEqualTo(Vectors.bytes(1, 104));
    assertThat(gateway.artifacts.infos.values())
        .anySatisfy(info -> assertThat(info.claimedBy()).contains("program:" + "aa".repeat(32)));

    RequestProofResponse answer = request(Signer.ONE, body(stdin()));
    assertThat(answer.getTxHash().size()).isEqualTo(32);
    assertThat(answer.getBody().getRequestId().size()).isEqualTo(32);
    GetProofRequestStatusResponse status = status(answer);
    assertThat(status.getDeadline()).isEqualTo(1_900_000_000);
    assertThat(status.getRequestTxHash().size()).isEqualTo(32);
    assertThat(status.hasProofUri()).isFalse();

    fulfil(answer);
    assertThat(status(answer).getFulfillmentStatus()).isEqualTo(FulfillmentStatus.FULFILLED);
    assertThat(status(answer).getProofUri()).startsWith(gateway.url() + "/proofs/");
    assertThat(status(answer).getFulfillTxHash().size()).isEqualTo(32);
  }

  @Test
  void aRepeatFindsTheFirstRequestThoughItsStdinIsClaimedOrErased() throws Exception {
    register();
    String stdin = stdin();
    RequestProofResponse first = request(Signer.ONE, body(stdin));

    assertThat(request(Signer.ONE, body(stdin).toBuilder().setNonce(8).build())).isEqualTo(first);

    gateway.artifacts.infos.clear();
    assertThat(request(Signer.ONE, body(stdin).toBuilder().setNonce(9).build())).isEqualTo(first);
    assertThat(gateway.requests.accepted).isEqualTo(1);
  }

  @Test
  void refusesARequestForWhichThereIsNoRoomBeforeTheNetworkHearsOfIt() throws Exception {
    register();
    String stdin = stdin();
    gateway.requests.full = true;

    assertThat(refusedBody(Signer.ONE, body(stdin))).isEqualTo(Status.Code.FAILED_PRECONDITION);
    assertThat(gateway.network.admitted).isEmpty();

    gateway.requests.full = false;
    assertThat(request(Signer.ONE, body(stdin)).getTxHash().size()).isEqualTo(32);
  }

  @Test
  void neverRefusesTheRepeatOfAnAcceptedRequestForWantOfRoom() throws Exception {
    register();
    String stdin = stdin();
    RequestProofResponse first = request(Signer.ONE, body(stdin));
    gateway.requests.full = true;

    assertThat(request(Signer.ONE, body(stdin).toBuilder().setNonce(8).build())).isEqualTo(first);
    gateway.artifacts.infos.clear();
    assertThat(request(Signer.ONE, body(stdin).toBuilder().setNonce(9).build())).isEqualTo(first);
  }

  @Test
  void aRepeatCompletesARequestWhoseServerDiedAfterTheClaim() throws Exception {
    register();
    String stdin = stdin();
    RequestProofResponse first = request(Signer.ONE, body(stdin));
    gateway.requests.states.clear();

    assertThat(request(Signer.ONE, body(stdin))).isEqualTo(first);
    assertThat(gateway.requests.accepted).isEqualTo(2);
  }

  @Test
  void refusesAStdinThatCannotBecomeARequestBeforeTheNetworkHearsOfIt() throws Exception {
    register();
    String notUploaded = create(Signer.ONE, ArtifactType.STDIN).getArtifactUri();
    String program = upload(Signer.ONE, ArtifactType.PROGRAM, new byte[24]);

    assertThat(refusedBody(Signer.ONE, body(notUploaded)))
        .isEqualTo(Status.Code.FAILED_PRECONDITION);
    assertThat(refusedBody(Signer.THREE, body(stdin()))).isEqualTo(Status.Code.PERMISSION_DENIED);
    assertThat(refusedBody(Signer.ONE, body(program))).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(gateway.network.admitted).isEmpty();

    String gone = gateway.url() + "/artifacts/" + UUID.randomUUID();
    assertThat(refusedBody(Signer.ONE, body(gone))).isEqualTo(Status.Code.FAILED_PRECONDITION);
    assertThat(gateway.requests.accepted).isZero();
  }

  @Test
  void anUnknownProgramIsNotFound() throws Exception {
    assertThat(refusedBody(Signer.ONE, body(stdin()))).isEqualTo(Status.Code.NOT_FOUND);
  }

  @Test
  void refusesJsonAndWhatIsNotSigned() throws Exception {
    SignedRequest signed = Signer.ONE.envelope(body(stdin()));

    Status json =
        refusal(
            "RequestProof", signed.toBuilder().setFormat(MessageFormat.JSON).build(), REQUESTED);
    assertThat(json.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(json.getDescription()).contains("JSON is not offered");
    assertThat(
            refusal("RequestProof", signed.toBuilder().clearSignature().build(), REQUESTED)
                .getCode())
        .isEqualTo(Status.Code.UNAUTHENTICATED);
  }

  @ParameterizedTest
  @EnumSource(
      value = ArtifactType.class,
      names = {"PROGRAM", "STDIN", "PRIVATE_STDIN", "UNRECOGNIZED"},
      mode = EnumSource.Mode.EXCLUDE)
  void grantsNoUploadOfOtherTypes(ArtifactType type) {
    Status status =
        refusal(
            "artifact.ArtifactStore/CreateArtifact",
            Signer.ONE.createArtifact(type),
            CreateArtifactResponse.getDefaultInstance());

    assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(status.getDescription()).startsWith("artifact_type: " + type.getNumber());
  }

  @Test
  void refusesAProgramThatIsNoElf() throws Exception {
    String uri = upload(Signer.ONE, ArtifactType.PROGRAM, new byte[100]);

    Status status =
        refusal("CreateProgram", program(uri), CreateProgramResponse.getDefaultInstance());

    assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(status.getDescription()).startsWith("program_uri: not an ELF");
    assertThat(gateway.network.registered).isEmpty();
  }

  @Test
  void registeringAgainLeavesTheSecondUploadAlone() throws Exception {
    register();
    register();

    assertThat(gateway.network.registered).hasSize(2);
    assertThat(gateway.artifacts.infos.values())
        .filteredOn(i -> i.claimedBy().isPresent())
        .hasSize(1);
  }

  @Test
  void tellsTheDetailsInTheSchemaOfTheRequest() throws Exception {
    register();
    RequestProofResponse base =
        request(
            Signer.ONE,
            body(stdin()).toBuilder().setUnknownFields(Vectors.stdinPrivate(1)).build());
    RequestProofResponse auction =
        request(
            Signer.ONE,
            Vectors.auction().toBuilder().setStdinUri(stdin()).setMaxPricePerPgu("77").build());
    fail(base);
    fail(auction);

    ByteString baseBytes = details(base);
    ProofRequest common = ProofRequest.parseFrom(baseBytes);
    assertThat(common.getRequestId()).isEqualTo(base.getBody().getRequestId());
    assertThat(common.getRequester()).isEqualTo(ByteString.copyFrom(Signer.ONE.address().bytes()));
    assertThat(common.getFulfillmentStatus()).isEqualTo(FulfillmentStatus.UNFULFILLABLE);
    assertThat(common.getExecuteFailCause())
        .isEqualTo(ExecuteFailureCause.HALT_WITH_NON_ZERO_EXIT_CODE);
    BaseProofRequestTail baseTail = BaseProofRequestTail.parseFrom(baseBytes);
    assertThat(baseTail.getError()).isEqualTo(ProofRequestError.EXECUTION_FAILURE);
    assertThat(baseTail.getStdinPrivate()).isTrue();

    AuctionProofRequestTail auctionTail = AuctionProofRequestTail.parseFrom(details(auction));
    assertThat(auctionTail.getBaseFee()).isEqualTo("0");
    assertThat(auctionTail.getMaxPricePerPgu()).isEqualTo("77");
    assertThat(auctionTail.getError()).isEqualTo(ProofRequestError.EXECUTION_FAILURE);
    assertThat(auctionTail.getErrorTrace().toStringUtf8())
        .isEqualTo(
            "{\"cause\":\"HALT_WITH_NON_ZERO_EXIT_CODE\",\"message\":\"it said \\\"no\\\"\"}");
  }

  @Test
  void anUnknownRequestIsNotFoundAndAMalformedIdIsInvalid() {
    assertThat(refusal("GetProofRequestStatus", statusOf(Vectors.bytes(1, 32)), STATUS).getCode())
        .isEqualTo(Status.Code.NOT_FOUND);
    assertThat(refusal("GetProofRequestStatus", statusOf(Vectors.bytes(1, 31)), STATUS).getCode())
        .isEqualTo(Status.Code.INVALID_ARGUMENT);
  }

  @Test
  void onlyItsRequesterCancelsARequest() throws Exception {
    register();
    ByteString id = request(Signer.ONE, body(stdin())).getBody().getRequestId();
    var cancel = CancelRequestRequestBody.newBuilder().setNonce(1).setRequestId(id).build();
    CancelRequestResponse example = CancelRequestResponse.getDefaultInstance();

    assertThat(refusal("CancelRequest", Signer.THREE.envelope(cancel), example).getCode())
        .isEqualTo(Status.Code.PERMISSION_DENIED);
    assertThat(gateway.network.canceled).isEmpty();
    assertThat(
            gateway.call("CancelRequest", Signer.ONE.envelope(cancel), example).getTxHash().size())
        .isEqualTo(32);
  }

  /** The network decides whether it goes further. */
  @Test
  void whatAClientShowsGoesAlongWithItsSignedCalls() throws Exception {
    register();
    SignedRequest request = Signer.ONE.envelope(body(stdin()));
    ByteString id =
        gateway
            .callShowing("Bearer a", "RequestProof", request, REQUESTED)
            .getBody()
            .getRequestId();
    var cancel = CancelRequestRequestBody.newBuilder().setNonce(1).setRequestId(id).build();
    gateway.callShowing(
        "Bearer b",
        "CancelRequest",
        Signer.ONE.envelope(cancel),
        CancelRequestResponse.getDefaultInstance());

    assertThat(gateway.network.admitted.getFirst().authorization())
        .contains(new Authorization("Bearer a"));
    assertThat(gateway.network.cancellations.getFirst().authorization())
        .contains(new Authorization("Bearer b"));
  }

  @Test
  void listsRequestsByRequesterOnly() throws Exception {
    register();
    request(Signer.ONE, body(stdin()));
    var example = GetFilteredProofRequestsResponse.getDefaultInstance();
    var all = GetFilteredProofRequestsRequest.newBuilder();

    assertThat(refusal("GetFilteredProofRequests", all.build(), example).getCode())
        .isEqualTo(Status.Code.PERMISSION_DENIED);
    all.setRequester(ByteString.copyFrom(Signer.ONE.address().bytes()));
    assertThat(gateway.call("GetFilteredProofRequests", all.build(), example).getRequestsCount())
        .isEqualTo(1);
    assertThat(gateway.requests.filters.getFirst().limit()).isEqualTo(10);
    assertThat(refusal("GetFilteredProofRequests", all.setLimit(1000).build(), example).getCode())
        .isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(
            refusal(
                    "GetFilteredProofRequests",
                    all.setLimit(1).setFulfillmentStatusValue(2).build(),
                    example)
                .getCode())
        .isEqualTo(Status.Code.UNIMPLEMENTED);
  }

  private void register() throws Exception {
    byte[] elf = Files.readAllBytes(Path.of("guests/elf/fibonacci.elf"));
    String uri = upload(Signer.ONE, ArtifactType.PROGRAM, ElfHeadTest.bincode(elf));
    assertThat(
            gateway
                .call("CreateProgram", program(uri), CreateProgramResponse.getDefaultInstance())
                .getTxHash()
                .size())
        .isEqualTo(32);
  }

  private static SignedRequest program(String uri) {
    return Signer.ONE.envelope(
        CreateProgramRequestBody.newBuilder()
            .setNonce(1)
            .setVkHash(VK_HASH)
            .setVk(Vectors.bytes(1, 104))
            .setProgramUri(uri)
            .build());
  }

  private String stdin() throws Exception {
    return upload(Signer.ONE, ArtifactType.STDIN, new byte[24]);
  }

  private String upload(Signer signer, ArtifactType type, byte[] bytes) throws Exception {
    CreateArtifactResponse grant = create(signer, type);
    assertThat(gateway.http("PUT", grant.getArtifactPresignedUrl(), bytes).statusCode())
        .isEqualTo(200);
    return grant.getArtifactUri();
  }

  private CreateArtifactResponse create(Signer signer, ArtifactType type) {
    CreateArtifactRequest request = signer.createArtifact(type);
    return gateway.call(
        "artifact.ArtifactStore/CreateArtifact",
        request,
        CreateArtifactResponse.getDefaultInstance());
  }

  private static RequestProofRequestBody body(String stdinUri) {
    return Vectors.base().toBuilder().setStdinUri(stdinUri).build();
  }

  private RequestProofResponse request(Signer signer, RequestProofRequestBody body) {
    return gateway.call("RequestProof", signer.envelope(body), REQUESTED);
  }

  private Status.Code refusedBody(Signer signer, RequestProofRequestBody body) {
    return refusal("RequestProof", signer.envelope(body), REQUESTED).getCode();
  }

  private GetProofRequestStatusResponse status(RequestProofResponse of) {
    return gateway.call("GetProofRequestStatus", statusOf(of.getBody().getRequestId()), STATUS);
  }

  private static GetProofRequestStatusRequest statusOf(ByteString id) {
    return GetProofRequestStatusRequest.newBuilder().setRequestId(id).build();
  }

  private ByteString details(RequestProofResponse of) throws InvalidProtocolBufferException {
    return gateway
        .call(
            "GetProofRequestDetails",
            GetProofRequestDetailsRequest.newBuilder()
                .setRequestId(of.getBody().getRequestId())
                .build(),
            GetProofRequestDetailsResponse.getDefaultInstance())
        .getRequest();
  }

  private void fulfil(RequestProofResponse of) {
    Digest digest = Digest.of(new byte[32]);
    var proof = new State.StoredProof(new ArtifactId(UUID.randomUUID()), digest, 1, Instant.EPOCH);
    gateway.requests.states.computeIfPresent(
        id(of), (_, state) -> new State.Fulfilled(facts(state), Optional.of(proof), digest));
  }

  private void fail(RequestProofResponse of) {
    gateway.requests.states.computeIfPresent(
        id(of),
        (_, state) ->
            new State.Failed(
                facts(state), FailureCause.HALT_WITH_NON_ZERO_EXIT_CODE, "it said \"no\"", false));
  }

  private static State.Facts facts(State state) {
    return ((State.Known) state).facts();
  }

  private static RequestId id(RequestProofResponse of) {
    return RequestId.of(of.getBody().getRequestId().toByteArray());
  }

  private <Q extends Message, R extends Message> Status refusal(
      String method, Q request, R example) {
    return catchThrowableOfType(
            StatusRuntimeException.class, () -> gateway.call(method, request, example))
        .getStatus();
  }
}
