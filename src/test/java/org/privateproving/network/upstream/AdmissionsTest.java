package org.privateproving.network.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.privateproving.network.upstream.NetworkKit.get;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.privateproving.database.Database;
import org.privateproving.database.TestPostgres;
import org.privateproving.domain.Address;
import org.privateproving.domain.Refusal;
import org.privateproving.domain.Refusal.Reason;
import org.privateproving.domain.RequestId;
import org.privateproving.domain.Schema;
import org.privateproving.domain.VkHash;
import org.privateproving.network.NetworkRefusal;
import org.privateproving.network.NetworkRequest;
import org.privateproving.network.ProverNetwork.Admittee;
import org.privateproving.network.ProverNetwork.Signed;
import org.privateproving.network.upstream.AdmissionTable.Ticket;
import org.privateproving.wire.network.GetFilteredProofRequestsResponse;
import org.privateproving.wire.network.GetProofRequestDetailsRequest;
import org.privateproving.wire.network.GetProofRequestDetailsResponse;
import org.privateproving.wire.network.MessageFormat;
import org.privateproving.wire.network.ProofRequest;
import org.privateproving.wire.network.RequestProofResponse;
import org.privateproving.wire.network.RequestProofResponseBody;
import org.privateproving.wire.network.SignedRequest;

class AdmissionsTest {
  private static final Address ALICE = new Address("0a".repeat(20));
  private static final VkHash PROGRAM = new VkHash("0b".repeat(32));
  private static final Address OURS = NetworkKit.SIGNER.address();
  private static final Address OTHER = new Address("0f".repeat(20));
  private static final RequestId ID = new RequestId("1d".repeat(32));
  private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
  private static Database database;
  private final AdmissionTable table = new AdmissionTable();

  private final String stdinUri = "http://here/artifacts/stdin/" + UUID.randomUUID();
  private final AtomicReference<Optional<Address>> fulfiller =
      new AtomicReference<>(Optional.of(OURS));
  // What the network tells the details of.
  private final Set<RequestId> known = new HashSet<>(Set.of(ID));
  private final Signed message = message(1);
  private NetworkKit kit;

  @BeforeAll
  static void open() {
    database = Database.open(TestPostgres.freshDatabase());
  }

  @AfterAll
  static void close() {
    database.close();
  }

  @BeforeEach
  void start() throws Exception {
    kit = new NetworkKit();
    kit.network
        .on("RequestProof", _ -> accepted())
        .on("GetFilteredProofRequests", _ -> listed())
        .on(
            "GetProofRequestDetails",
            asked -> {
              var id = GetProofRequestDetailsRequest.parseFrom(asked).getRequestId();
              if (!known.contains(RequestId.of(id.toByteArray()))) {
                throw ScriptedNetwork.refusal(Status.Code.NOT_FOUND, "unknown");
              }
              return GetProofRequestDetailsResponse.newBuilder()
                  .setRequest(request().toBuilder().setRequestId(id).build().toByteString())
                  .build()
                  .toByteArray();
            });
  }

  @AfterEach
  void stop() {
    kit.close();
  }

  private static byte[] accepted() {
    return RequestProofResponse.newBuilder()
        .setTxHash(ByteString.copyFrom(new byte[32]))
        .setBody(RequestProofResponseBody.newBuilder().setRequestId(bytes(ID.bytes())))
        .build()
        .toByteArray();
  }

  private ProofRequest request() {
    ProofRequest.Builder request =
        ProofRequest.newBuilder()
            .setRequestId(bytes(ID.bytes()))
            .setRequester(bytes(ALICE.bytes()))
            .setStdinUri(stdinUri)
            .setVkHash(bytes(PROGRAM.bytes()))
            .setProgramUri("https://programs/1");
    fulfiller.get().ifPresent(f -> request.setFulfiller(bytes(f.bytes())));
    return request.build();
  }

  private byte[] listed(ProofRequest... requests) {
    var response = GetFilteredProofRequestsResponse.newBuilder();
    for (ProofRequest request : requests) {
      response.addRequests(request.toByteString());
    }
    return response.build().toByteArray();
  }

  private static ByteString bytes(byte[] bytes) {
    return ByteString.copyFrom(bytes);
  }

  private Admissions admissions(Instant now) {
    return new Admissions(
        database,
        kit.client,
        new FulfillerIdentity(kit.client, NetworkKit.SIGNER, Optional.of(OURS)),
        Duration.ofMillis(600),
        NetworkKit.CALL_TIMEOUT,
        Clock.fixed(now, ZoneOffset.UTC));
  }

  private CompletionStage<Admissions.Ours> admit() {
    return admissions(NOW).admit(message, wanted(true));
  }

  /** The same request, signed with one nonce or another. */
  private Signed message(int nonce) {
    return new Signed(
        SignedRequest.newBuilder()
            .setFormat(MessageFormat.BINARY)
            .setSignature(ByteString.copyFrom(new byte[65]))
            .setBody(ByteString.copyFromUtf8(nonce + " for " + stdinUri))
            .build(),
        ALICE,
        nonce,
        Optional.empty());
  }

  private static RequestId idOf(Signed message) {
    return EarlierAttempts.idOf(ALICE, message.envelope().getBody());
  }

  private List<RequestId> tried() throws Exception {
    return get(
        database.transact(c -> new AttemptTable().of(c, new AdmissionTable.Key(ALICE, stdinUri))));
  }

  private void refuse(Status.Code code) {
    kit.network.on(
        "RequestProof",
        _ -> {
          throw ScriptedNetwork.refusal(code, "lost");
        });
  }

  private Admittee wanted(boolean inputReady) {
    return new Admittee(PROGRAM, stdinUri, inputReady);
  }

  /** A claim of 30 seconds, as that of a server that dies or is slow. */
  private Ticket claimed(Instant now) throws Exception {
    var ticket = new Ticket(new AdmissionTable.Key(ALICE, stdinUri), UUID.randomUUID());
    var claim =
        get(
            database.transact(
                c ->
                    table.claim(
                        c,
                        new AdmissionTable.Wanted(ticket.key(), PROGRAM),
                        ticket.owner(),
                        now,
                        Duration.ofSeconds(30))));
    assertThat(claim).isInstanceOf(AdmissionTable.Claim.Mine.class);
    return ticket;
  }

  private int sent() {
    return kit.network.received("RequestProof").size();
  }

  @Test
  void sendsTheClientsBytesOnceHoweverOftenItIsAsked() throws Exception {
    Admissions.Ours first = get(admit());
    Admissions.Ours second = get(admit());

    assertThat(first.id()).isEqualTo(ID).isEqualTo(second.id());
    assertThat(first.programUri()).isEqualTo("https://programs/1");
    assertThat(kit.network.received("RequestProof"))
        .containsExactly(message.envelope().toByteArray());
  }

  @Test
  void answersForWhatIsOursThoughTheNetworkIsAway() throws Exception {
    Admissions.Ours first = get(admit());
    kit.network.close();

    Admissions.Ours again = get(admissions(NOW).admit(message(2), wanted(true)));

    assertThat(again.id()).isEqualTo(first.id());
    assertThat(again.programUri()).isEqualTo(first.programUri());
  }

  @ParameterizedTest
  @EnumSource(
      value = Status.Code.class,
      names = {"UNAVAILABLE", "INTERNAL", "UNKNOWN", "CANCELLED", "DEADLINE_EXCEEDED", "ABORTED"})
  void findsTheRequestWhoseAnswerWasLost(Status.Code code) throws Exception {
    kit.network
        .on(
            "RequestProof",
            _ -> {
              throw ScriptedNetwork.refusal(code, "lost");
            })
        .on("GetFilteredProofRequests", _ -> listed(request()));

    assertThatThrownBy(() -> get(admit()))
        .cause()
        .isInstanceOfSatisfying(
            NetworkRefusal.class, refusal -> assertThat(refusal.code()).isEqualTo(code));
    assertThat(get(admit()).id()).isEqualTo(ID);

    assertThat(sent()).isEqualTo(1);
  }

  @Test
  void findsByItsIdWhatTheNetworkDoesNotList() throws Exception {
    refuse(Status.Code.UNAVAILABLE);
    assertThatThrownBy(() -> get(admit())).hasCauseInstanceOf(NetworkRefusal.class);
    known.add(idOf(message));

    assertThat(get(admissions(NOW).admit(message(2), wanted(true))).id()).isEqualTo(idOf(message));

    assertThat(sent()).isEqualTo(1);
    assertThat(kit.network.received("GetFilteredProofRequests")).isEmpty();
  }

  /** It was still on its way when it was looked for, so the second was refused for its nonce. */
  @Test
  void findsAnEarlierAttemptThatCameThroughAfterAll() throws Exception {
    refuse(Status.Code.DEADLINE_EXCEEDED);
    assertThatThrownBy(() -> get(admissions(NOW).admit(message(1), wanted(true))))
        .hasCauseInstanceOf(NetworkRefusal.class);
    refuse(Status.Code.ABORTED);
    assertThatThrownBy(() -> get(admissions(NOW).admit(message(2), wanted(true))))
        .hasCauseInstanceOf(NetworkRefusal.class);
    known.add(idOf(message(1)));

    assertThat(get(admissions(NOW).admit(message(3), wanted(true))).id())
        .isEqualTo(idOf(message(1)));

    assertThat(sent()).isEqualTo(2);
  }

  @Test
  void looksForTheLatestAttemptsOnly() throws Exception {
    refuse(Status.Code.UNAVAILABLE);
    for (int nonce = 1; nonce <= AttemptTable.KEPT + 2; nonce++) {
      Signed next = message(nonce);
      assertThatThrownBy(() -> get(admissions(NOW).admit(next, wanted(true))))
          .hasCauseInstanceOf(NetworkRefusal.class);
    }
    List<RequestId> kept = tried();

    assertThat(kept).hasSize(AttemptTable.KEPT);
    assertThat(kept.getFirst()).isEqualTo(idOf(message(AttemptTable.KEPT + 2)));
    assertThat(kept.getLast()).isEqualTo(idOf(message(3)));
  }

  @Test
  void theSameBytesAgainAreTheSameAttempt() throws Exception {
    refuse(Status.Code.UNAVAILABLE);
    assertThatThrownBy(() -> get(admit())).hasCauseInstanceOf(NetworkRefusal.class);
    assertThatThrownBy(() -> get(admit())).hasCauseInstanceOf(NetworkRefusal.class);

    assertThat(tried()).containsExactly(idOf(message));
  }

  @Test
  void makesIdsAsTheNetworkDoes() {
    ByteString body =
        ByteString.fromHex(
            "08071220aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1a0a"
                + "7370312d76362e312e3020042801321f68747470733a2f2f67772e6578616d706c652f61"
                + "72746966616374732f61313880e6fe890740ffffffffffffffffff0148ffffffffffffffffff01");

    assertThat(EarlierAttempts.idOf(new Address("1a642f0e3c3af545e7acbd38b07251b3990914f1"), body))
        .isEqualTo(
            new RequestId("0801fda4d9499a6df7df7ecb993a15326b3d603fb422f21c10e97526c0bc0de7"));
  }

  @Test
  void sendsAgainWhatTheNetworkHasNot() throws Exception {
    kit.network.on(
        "RequestProof",
        _ -> {
          throw ScriptedNetwork.refusal(Status.Code.FAILED_PRECONDITION, "balance too low");
        });
    assertThatThrownBy(() -> get(admit()))
        .cause()
        .isInstanceOfSatisfying(
            NetworkRefusal.class,
            refusal -> assertThat(refusal.status().getDescription()).isEqualTo("balance too low"));

    kit.network.on("RequestProof", _ -> accepted());
    assertThat(get(admit()).id()).isEqualTo(ID);

    assertThat(sent()).isEqualTo(2);
    assertThat(kit.network.received("GetFilteredProofRequests")).hasSize(1);
  }

  @Test
  void twoAtOnceSendOne() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CompletableFuture<byte[]> answer = new CompletableFuture<>();
    kit.network.on(
        "RequestProof",
        _ -> {
          asked.countDown();
          return answer.get(10, TimeUnit.SECONDS);
        });
    CompletionStage<Admissions.Ours> first = admit();
    assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();

    assertRefused(admit(), Reason.TRY_AGAIN, "being registered");
    answer.complete(accepted());

    assertThat(get(first).id()).isEqualTo(ID);
    assertThat(get(admit()).id()).isEqualTo(ID);
    assertThat(sent()).isEqualTo(1);
  }

  @Test
  void goesOnWhereADeadServerStopped() throws Exception {
    // A claim that nobody releases is what a crash leaves.
    Ticket dead = claimed(NOW);
    get(database.transact(c -> table.noteAttempt(c, dead, NOW.plusSeconds(30))));
    kit.network.on("GetFilteredProofRequests", _ -> listed(request()));

    assertRefused(admit(), Reason.TRY_AGAIN, "being registered");
    Instant later = NOW.plusSeconds(31);
    assertThat(get(admissions(later).admit(message, wanted(true))).id()).isEqualTo(ID);

    assertThat(sent()).isZero();
  }

  @Test
  void looksForNothingThatWasNeverSent() throws Exception {
    var _ = claimed(NOW);
    Instant later = NOW.plusSeconds(31);
    assertThat(get(admissions(later).admit(message, wanted(true))).id()).isEqualTo(ID);

    assertThat(kit.network.received("GetFilteredProofRequests")).isEmpty();
    assertThat(sent()).isEqualTo(1);
  }

  @Test
  void whoLostTheClaimReleasesAndNotesNothing() throws Exception {
    Ticket slow = claimed(NOW);
    Instant later = NOW.plusSeconds(31);
    Ticket second = claimed(later);

    var registered = new AdmissionTable.Registered(ID, new byte[32]);
    for (Database.Work<Boolean> note :
        List.<Database.Work<Boolean>>of(
            c -> table.noteAttempt(c, slow, later.plusSeconds(600)),
            c -> table.setRegistered(c, slow, registered),
            c -> table.setOurs(c, slow, "https://programs/1"),
            c -> table.setNotOurs(c, slow, "not ours"),
            c -> table.release(c, slow))) {
      assertThat(get(database.transact(note))).isFalse();
    }

    assertRefused(
        admissions(later).admit(message, wanted(true)), Reason.TRY_AGAIN, "being registered");
    boolean released = get(database.transact(c -> table.release(c, second)));
    assertThat(released).isTrue();
    assertThat(get(admissions(later).admit(message, wanted(true))).id()).isEqualTo(ID);
  }

  @Test
  void whoLostTheClaimWhileTheNetworkAnsweredIsToldToComeAgain() throws Exception {
    kit.network.on(
        "RequestProof",
        _ -> {
          // So slow that another has begun meanwhile.
          var _ = claimed(NOW.plus(Duration.ofMinutes(10)));
          return accepted();
        });

    assertRefused(admit(), Reason.TRY_AGAIN, "another call goes on with this request");

    assertRefused(
        admissions(NOW.plus(Duration.ofMinutes(10))).admit(message, wanted(true)),
        Reason.TRY_AGAIN,
        "being registered");
  }

  @Test
  void tellsWhoseItIsIfItIsNotOurs() throws Exception {
    fulfiller.set(Optional.of(OTHER));

    assertRefused(admit(), Reason.NOT_ALLOWED, "assigned this request to " + OTHER);
    fulfiller.set(Optional.of(OURS));
    assertRefused(admit(), Reason.NOT_ALLOWED, "assigned this request to " + OTHER);

    assertThat(sent()).isEqualTo(1);
  }

  @Test
  void aRepeatIsForTheSameProgram() throws Exception {
    get(admit());

    assertRefused(
        admissions(NOW).admit(message, new Admittee(new VkHash("0c".repeat(32)), stdinUri, true)),
        Reason.INVALID,
        "another vk_hash");
  }

  @Test
  void sendsNothingWithoutAnInput() throws Exception {
    assertRefused(
        admissions(NOW).admit(message, wanted(false)),
        Reason.FAILED_PRECONDITION,
        "no such artifact");
    assertThat(sent()).isZero();
    get(admit());

    assertThat(get(admissions(NOW).admit(message, wanted(false))).id()).isEqualTo(ID);
  }

  @Test
  void waitsAMomentForTheAssignment() throws Exception {
    fulfiller.set(Optional.empty());
    assertRefused(
        admissions(NOW).admit(message, wanted(true)),
        Reason.TRY_AGAIN,
        "not assigned this request yet");

    fulfiller.set(Optional.of(OURS));
    assertThat(get(admit()).id()).isEqualTo(ID);
    assertThat(sent()).isEqualTo(1);
  }

  @Test
  void whatTheReconcilerAdoptedIsKnownHere() throws Exception {
    var found = new NetworkRequest(ID, ALICE, Schema.BASE, request());
    get(admissions(NOW).adopted(found));

    assertThat(get(admit()).id()).isEqualTo(ID);
    assertThat(sent()).isZero();
  }

  @Test
  void forgetsWhatIsOldAndOfNoRequestHere() throws Exception {
    get(admit());
    get(admissions(NOW).forget(NOW));
    get(admit());
    assertThat(sent()).isEqualTo(1);

    assertThat(get(admissions(NOW).forget(NOW.plusSeconds(1)))).isPositive();
    get(admit());
    assertThat(sent()).isEqualTo(2);
  }

  private static void assertRefused(CompletionStage<?> stage, Reason reason, String message) {
    assertThatThrownBy(() -> get(stage))
        .cause()
        .isInstanceOfSatisfying(
            Refusal.class,
            refusal -> {
              assertThat(refusal.reason()).isEqualTo(reason);
              assertThat(refusal.message()).contains(message);
            });
  }
}
