package org.privateproving.network.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.privateproving.network.upstream.NetworkKit.get;
import static org.privateproving.network.upstream.ScriptedNetwork.refusal;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.privateproving.domain.Address;
import org.privateproving.domain.Refusal;
import org.privateproving.domain.Refusal.Reason;
import org.privateproving.domain.RequestId;
import org.privateproving.domain.Schema;
import org.privateproving.domain.SettableClock;
import org.privateproving.network.NetworkRefusal;
import org.privateproving.network.NetworkRequest;
import org.privateproving.network.ProverNetwork.Signed;
import org.privateproving.network.upstream.NetworkClient.Page;
import org.privateproving.wire.network.FulfillmentStatus;
import org.privateproving.wire.network.GetFilteredProofRequestsRequest;
import org.privateproving.wire.network.GetFilteredProofRequestsResponse;
import org.privateproving.wire.network.GetNonceRequest;
import org.privateproving.wire.network.GetNonceResponse;
import org.privateproving.wire.network.GetOwnerRequest;
import org.privateproving.wire.network.GetOwnerResponse;
import org.privateproving.wire.network.GetProofRequestDetailsRequest;
import org.privateproving.wire.network.GetProofRequestDetailsResponse;
import org.privateproving.wire.network.GetProofRequestParamsResponse;
import org.privateproving.wire.network.GetProofRequestStatusRequest;
import org.privateproving.wire.network.GetProofRequestStatusResponse;
import org.privateproving.wire.network.ProofRequest;
import org.privateproving.wire.network.SignedRequest;
import org.privateproving.wire.network.SignedResponse;

class NetworkClientTest {
  private static final Address ALICE = new Address("0a".repeat(20));
  private static final RequestId ID = new RequestId("1d".repeat(32));
  private static final Instant NOW = Instant.ofEpochSecond(1_000_000);
  private static final int PAGE = 100;
  private static final int MAX_PAGES = 20;

  private final SettableClock clock = new SettableClock(NOW);
  private NetworkKit kit;
  private NetworkClient client;

  @BeforeEach
  void start() throws Exception {
    kit = new NetworkKit();
    client = client(Optional.of(Schema.BASE));
  }

  @AfterEach
  void stop() {
    kit.close();
  }

  private NetworkClient client(Optional<Schema> schema) {
    return new NetworkClient(kit.calls, schema, clock);
  }

  private static ByteString bytes(byte[] bytes) {
    return ByteString.copyFrom(bytes);
  }

  private void refuses(String method, Status.Code code) {
    kit.network.on(
        method,
        _ -> {
          throw refusal(code, "so says the network");
        });
  }

  private void isRefusedBy(CompletionStage<?> stage, Status.Code code) {
    assertThatThrownBy(() -> get(stage))
        .cause()
        .isInstanceOfSatisfying(
            NetworkRefusal.class, refused -> assertThat(refused.code()).isEqualTo(code));
  }

  private int asked(String method) {
    return kit.network.received(method).size();
  }

  // Which schema it is.

  private void speaksAuction() {
    kit.network.on(
        "GetProofRequestParams",
        _ -> GetProofRequestParamsResponse.newBuilder().setBaseFee("0").build().toByteArray());
  }

  private void speaksBase() {
    refuses("GetProofRequestParams", Status.Code.UNIMPLEMENTED);
    tellsNonce(1);
  }

  private void tellsNonce(long nonce) {
    kit.network.on(
        "GetNonce", _ -> GetNonceResponse.newBuilder().setNonce(nonce).build().toByteArray());
  }

  @ParameterizedTest
  @EnumSource
  void aConfiguredSchemaIsNotAskedFor(Schema configured) throws Exception {
    assertThat(get(client(Optional.of(configured)).schema())).isEqualTo(configured);
    assertThat(asked("GetProofRequestParams")).isZero();
  }

  @Test
  void aNetworkThatTellsAuctionParametersIsAuctionForEver() throws Exception {
    NetworkClient found = client(Optional.empty());
    speaksAuction();
    assertThat(get(found.schema())).isEqualTo(Schema.AUCTION);

    speaksBase();
    clock.advance(Duration.ofDays(1000));

    assertThat(get(found.schema())).isEqualTo(Schema.AUCTION);
    assertThat(asked("GetProofRequestParams")).isEqualTo(1);
  }

  @Test
  void aNetworkThatLacksTheCallIsBaseForAMinute() throws Exception {
    NetworkClient found = client(Optional.empty());
    speaksBase();
    assertThat(get(found.schema())).isEqualTo(Schema.BASE);

    speaksAuction();
    clock.advance(Duration.ofSeconds(59));
    assertThat(get(found.schema())).isEqualTo(Schema.BASE);
    assertThat(asked("GetProofRequestParams")).isEqualTo(2);

    clock.advance(Duration.ofSeconds(1));
    assertThat(get(found.schema())).isEqualTo(Schema.AUCTION);
  }

  @ParameterizedTest
  @EnumSource(
      value = Status.Code.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"OK", "UNIMPLEMENTED"})
  void noOtherRefusalTellsTheSchema(Status.Code code) throws Exception {
    NetworkClient found = client(Optional.empty());
    refuses("GetProofRequestParams", code);
    isRefusedBy(found.schema(), code);

    speaksAuction();
    assertThat(get(found.schema())).isEqualTo(Schema.AUCTION);
  }

  @Test
  void whatLacksEveryCallIsNoNetworkOfAnySchema() throws Exception {
    NetworkClient found = client(Optional.empty());
    refuses("GetProofRequestParams", Status.Code.UNIMPLEMENTED);
    isRefusedBy(found.schema(), Status.Code.UNIMPLEMENTED);

    speaksAuction();
    assertThat(get(found.schema())).isEqualTo(Schema.AUCTION);
  }

  @Test
  void aNetworkThatIsThereAtLastIsAskedOnceMore() throws Exception {
    speaksBase();
    kit.network.on(
        "GetNonce",
        _ -> {
          speaksAuction();
          return new byte[0];
        });

    assertThat(get(client(Optional.empty()).schema())).isEqualTo(Schema.AUCTION);
  }

  @ParameterizedTest
  @EnumSource(
      value = Status.Code.class,
      names = {"INVALID_ARGUMENT", "NOT_FOUND", "PERMISSION_DENIED"})
  void aNetworkThatRefusesToTellANonceIsThere(Status.Code code) throws Exception {
    speaksBase();
    refuses("GetNonce", code);

    assertThat(get(client(Optional.empty()).schema())).isEqualTo(Schema.BASE);
  }

  @Test
  void oneThatDoesNotAnswerIsNot() {
    speaksBase();
    refuses("GetNonce", Status.Code.UNAVAILABLE);

    isRefusedBy(client(Optional.empty()).schema(), Status.Code.UNAVAILABLE);
  }

  @Test
  void parametersThatCannotBeReadTellNoSchema() {
    kit.network.on("GetProofRequestParams", _ -> new byte[] {0x0a, 0x7f});

    isRefusedBy(client(Optional.empty()).schema(), Status.Code.INTERNAL);
  }

  // One request.

  private void describes(ByteString request) {
    kit.network.on(
        "GetProofRequestDetails",
        _ -> GetProofRequestDetailsResponse.newBuilder().setRequest(request).build().toByteArray());
  }

  @Test
  void tellsTheDetailsInTheSchemaOfTheNetwork() throws Exception {
    describes(request(ID, "http://here/1").toByteString());

    for (Schema schema : Schema.values()) {
      assertThat(get(client(Optional.of(schema)).details(ID)))
          .hasValueSatisfying(
              found -> {
                assertThat(found.id()).isEqualTo(ID);
                assertThat(found.schema()).isEqualTo(schema);
              });
    }
    assertThat(kit.network.received("GetProofRequestDetails"))
        .allSatisfy(
            message ->
                assertThat(GetProofRequestDetailsRequest.parseFrom(message).getRequestId())
                    .isEqualTo(bytes(ID.bytes())));
  }

  @Test
  void aRequestThatTheNetworkDoesNotKnowHasNoDetails() throws Exception {
    refuses("GetProofRequestDetails", Status.Code.NOT_FOUND);
    assertThat(get(client.details(ID))).isEmpty();

    describes(ByteString.EMPTY);
    assertThat(get(client.details(ID))).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(
      value = Status.Code.class,
      names = {"UNAVAILABLE", "PERMISSION_DENIED", "UNIMPLEMENTED", "INTERNAL"})
  void noOtherRefusalSaysThatThereIsNoSuchRequest(Status.Code code) {
    refuses("GetProofRequestDetails", code);

    isRefusedBy(client.details(ID), code);
  }

  @Test
  void norDoesOneThatIsAboutTheSchema() {
    describes(request(ID, "http://here/1").toByteString());
    refuses("GetProofRequestParams", Status.Code.NOT_FOUND);

    isRefusedBy(client(Optional.empty()).details(ID), Status.Code.NOT_FOUND);
  }

  @Test
  void detailsThatCannotBeReadAreTheNetworksFault() {
    describes(ByteString.copyFromUtf8("no request"));

    isRefusedBy(client.details(ID), Status.Code.INTERNAL);
  }

  @Test
  void asksHowARequestStands() throws Exception {
    var status =
        GetProofRequestStatusResponse.newBuilder()
            .setFulfillmentStatus(FulfillmentStatus.ASSIGNED)
            .build();
    kit.network.on("GetProofRequestStatus", _ -> status.toByteArray());

    assertThat(get(client.status(ID))).isEqualTo(status);
    assertThat(
            GetProofRequestStatusRequest.parseFrom(
                    kit.network.received("GetProofRequestStatus").getFirst())
                .getRequestId())
        .isEqualTo(bytes(ID.bytes()));
  }

  // Lists of requests.

  private static ProofRequest request(RequestId id, String stdinUri) {
    return ProofRequest.newBuilder()
        .setRequestId(bytes(id.bytes()))
        .setRequester(bytes(ALICE.bytes()))
        .setStdinUri(stdinUri)
        .build();
  }

  /** {@code count} requests, of which the last has the stdin that is looked for. */
  private static List<ProofRequest> lastOf(int count, String stdinUri) {
    return IntStream.rangeClosed(1, count)
        .mapToObj(
            n ->
                n == count
                    ? request(ID, stdinUri)
                    : request(new RequestId("%064x".formatted(n)), "http://here/other-" + n))
        .toList();
  }

  private static List<ProofRequest> others(int count) {
    return lastOf(count, "http://here/other");
  }

  /**
   * @param pages what is on each page, from 1
   */
  private void lists(IntFunction<List<ProofRequest>> pages) {
    kit.network.on(
        "GetFilteredProofRequests",
        message -> {
          var response = GetFilteredProofRequestsResponse.newBuilder();
          pages
              .apply(GetFilteredProofRequestsRequest.parseFrom(message).getPage())
              .forEach(request -> response.addRequests(request.toByteString()));
          return response.build().toByteArray();
        });
  }

  private List<GetFilteredProofRequestsRequest> filters() {
    return kit.network.received("GetFilteredProofRequests").stream()
        .map(
            message -> {
              try {
                return GetFilteredProofRequestsRequest.parseFrom(message);
              } catch (InvalidProtocolBufferException e) {
                throw new AssertionError(e);
              }
            })
        .toList();
  }

  private List<Integer> pagesAsked() {
    return filters().stream().map(GetFilteredProofRequestsRequest::getPage).toList();
  }

  private static List<Integer> pages(int last) {
    return IntStream.rangeClosed(1, last).boxed().toList();
  }

  private Optional<RequestId> find() throws Exception {
    return get(client.find(ALICE, "http://here/1")).map(NetworkRequest::id);
  }

  @Test
  void looksForAStdinAmongTheRequestersRequests() throws Exception {
    lists(
        _ ->
            List.of(
                request(new RequestId("ff".repeat(32)), "http://here/10"),
                request(ID, "http://here/1")));

    assertThat(find()).contains(ID);
    assertThat(filters())
        .containsExactly(
            GetFilteredProofRequestsRequest.newBuilder()
                .setRequester(bytes(ALICE.bytes()))
                .setLimit(PAGE)
                .setPage(1)
                .build());
  }

  @ParameterizedTest(name = "on page {0}")
  @ValueSource(ints = {1, 2, 3, MAX_PAGES})
  void looksOnUntilThePageThatHasIt(int its) throws Exception {
    lists(page -> page == its ? lastOf(PAGE, "http://here/1") : others(PAGE));

    assertThat(find()).contains(ID);
    assertThat(pagesAsked()).isEqualTo(pages(its));
  }

  @ParameterizedTest(name = "{0} on the last page, which is {1}")
  @CsvSource({"0, 1", "1, 1", "99, 1", "0, 2", "99, 20"})
  void aPageThatIsNotFullIsTheLast(int count, int last) throws Exception {
    lists(page -> page == last ? others(count) : others(PAGE));

    assertThat(find()).isEmpty();
    assertThat(pagesAsked()).isEqualTo(pages(last));
  }

  @Test
  void notToHaveSeenItOnTooManyPagesIsNotToKnow() {
    lists(_ -> others(PAGE));

    assertThatThrownBy(this::find)
        .cause()
        .isInstanceOfSatisfying(
            Refusal.class,
            refused -> {
              assertThat(refused.reason()).isEqualTo(Reason.TRY_AGAIN);
              assertThat(refused.message()).contains("too many requests");
            });
    assertThat(pagesAsked()).isEqualTo(pages(MAX_PAGES));
  }

  @Test
  void aListThatFailsOnALaterPageIsNotTheWholeList() {
    lists(
        page -> {
          if (page == 2) {
            throw refusal(Status.Code.UNAVAILABLE, "away");
          }
          return others(PAGE);
        });

    isRefusedBy(client.find(ALICE, "http://here/1"), Status.Code.UNAVAILABLE);
  }

  @Test
  void asksForWhatWaitsForAFulfillerPageByPage() throws Exception {
    lists(page -> page == 7 ? others(3) : List.of());

    assertThat(get(client.assigned(ALICE, NOW, 7)).requests()).hasSize(3);
    assertThat(filters())
        .containsExactly(
            GetFilteredProofRequestsRequest.newBuilder()
                .setFulfiller(bytes(ALICE.bytes()))
                .setFulfillmentStatus(FulfillmentStatus.ASSIGNED)
                .setMinimumDeadline(1_000_000)
                .setLimit(PAGE)
                .setPage(7)
                .build());
  }

  @ParameterizedTest
  @CsvSource({"0, false", "99, false", "100, true", "101, true"})
  void onlyAFullPageMayGoOn(int length, boolean full) throws Exception {
    lists(_ -> others(length));

    assertThat(get(client.assigned(ALICE, NOW, 1)).isFull()).isEqualTo(full);
  }

  /** A request without an id. */
  private static ProofRequest odd() {
    return request(ID, "http://here/odd").toBuilder().clearRequestId().build();
  }

  @Test
  void whatCannotBeReadIsLeftOutAndFillsItsPage() throws Exception {
    lists(_ -> Stream.concat(Stream.of(odd()), others(PAGE - 1).stream()).toList());

    Page page = get(client.assigned(ALICE, NOW, 1));

    assertThat(page.requests()).hasSize(PAGE - 1);
    assertThat(page.unreadable()).isEqualTo(1);
    assertThat(page.isFull()).isTrue();
  }

  @Test
  void aStdinIsFoundBesideWhatCannotBeRead() throws Exception {
    lists(_ -> List.of(odd(), request(ID, "http://here/1")));

    assertThat(find()).contains(ID);
  }

  @Test
  void whatCannotBeReadMayBeWhatIsLookedFor() {
    lists(page -> page == 1 ? Collections.nCopies(PAGE, odd()) : others(1));

    assertThatThrownBy(this::find)
        .cause()
        .isInstanceOfSatisfying(
            Refusal.class, refused -> assertThat(refused.message()).contains("cannot be read"));
    assertThat(pagesAsked()).isEqualTo(pages(2));
  }

  // Nonces, owners, messages that others signed.

  @ParameterizedTest
  @ValueSource(longs = {0, 1, Long.MAX_VALUE, -1})
  void asksForANonceOf64Bits(long nonce) throws Exception {
    tellsNonce(nonce);

    assertThat(get(client.nonce(ALICE))).isEqualTo(nonce);
    assertThat(GetNonceRequest.parseFrom(kit.network.received("GetNonce").getFirst()).getAddress())
        .isEqualTo(bytes(ALICE.bytes()));
  }

  private void owner(ByteString owner) {
    kit.network.on(
        "GetOwner", _ -> GetOwnerResponse.newBuilder().setOwner(owner).build().toByteArray());
  }

  @Test
  void asksWhomASignerActsFor() throws Exception {
    owner(bytes(new byte[20]));

    assertThat(get(client.owner(ALICE))).isEqualTo(Address.of(new byte[20]));
    assertThat(GetOwnerRequest.parseFrom(kit.network.received("GetOwner").getFirst()).getAddress())
        .isEqualTo(bytes(ALICE.bytes()));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 19, 21, 32})
  void anOwnerThatIsNoAddressIsTheSignerItself(int length) throws Exception {
    owner(bytes(new byte[length]));

    assertThat(get(client.owner(ALICE))).isEqualTo(ALICE);
  }

  @Test
  void sendsWhatIsSignedAsItIs() throws Exception {
    SignedRequest message =
        SignedRequest.newBuilder().setBody(ByteString.copyFromUtf8("as signed")).build();
    SignedResponse answer =
        SignedResponse.newBuilder().setTxHash(bytes(new byte[] {1, 2, 3})).build();
    kit.network.on("FulfillProof", _ -> answer.toByteArray());
    Signed signed = new Signed(message, ALICE, 1, Optional.empty());

    assertThat(get(client.send("FulfillProof", message))).containsExactly(1, 2, 3);
    assertThat(get(client.forward("FulfillProof", signed, SignedResponse.parser())))
        .isEqualTo(answer);
    assertThat(kit.network.received("FulfillProof"))
        .containsExactly(message.toByteArray(), message.toByteArray());
  }
}
