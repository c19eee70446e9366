package org.privateproving.network.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.privateproving.network.upstream.ProgramFixture.random;
import static org.privateproving.network.upstream.ProgramFixture.result;

import com.google.protobuf.ByteString;
import com.typesafe.config.ConfigFactory;
import io.grpc.Status;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.privateproving.artifact.ArtifactId;
import org.privateproving.artifact.ArtifactInfo;
import org.privateproving.artifact.ArtifactStore;
import org.privateproving.domain.Address;
import org.privateproving.domain.Refusal;
import org.privateproving.domain.RequestId;
import org.privateproving.domain.VkHash;
import org.privateproving.network.HostedLedger;
import org.privateproving.network.ProgramUnavailable;
import org.privateproving.network.ProverNetwork.Admission;
import org.privateproving.network.ProverNetwork.Admittee;
import org.privateproving.network.ProverNetwork.Program;
import org.privateproving.network.ProverNetwork.Receipt;
import org.privateproving.network.ProverNetwork.Signed;
import org.privateproving.wire.network.CancelRequestResponse;
import org.privateproving.wire.network.GetProofRequestDetailsResponse;
import org.privateproving.wire.network.GetProofRequestStatusResponse;
import org.privateproving.wire.network.ProofRequest;
import org.privateproving.wire.network.RequestProofResponse;
import org.privateproving.wire.network.RequestProofResponseBody;
import org.privateproving.wire.network.SignedRequest;

/** On a real store and a real database, with programs from a real web server. */
class UpstreamNetworkTest {
  private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
  private static final Address ALICE = new Address("0a".repeat(20));
  private static final Address BOB = new Address("0b".repeat(20));
  private static final RequestId ID = new RequestId("1d".repeat(32));
  private static final byte[] PROGRAM = random(100_003);
  private static final SignedRequest ENVELOPE =
      SignedRequest.newBuilder().setBody(ByteString.copyFromUtf8("as signed")).build();

  private static ProgramFixture fixture;
  private static ScriptedNetwork scripted;
  private static ProgramFetcher programs;
  private static UpstreamNetwork network;

  private final VkHash vkHash =
      new VkHash((UUID.randomUUID() + "" + UUID.randomUUID()).replace("-", ""));
  private final String path = "/programs/artifact_" + UUID.randomUUID();
  private String uri;

  @BeforeAll
  static void start() throws Exception {
    fixture = new ProgramFixture();
    scripted = new ScriptedNetwork();
    programs = new ProgramFetcher(fixture.store, fixture.settings(), fixture.system);
    network = network(scripted.url());
  }

  private static UpstreamNetwork network(URI url) {
    return network(url, fixture.store, programs);
  }

  private static UpstreamNetwork network(URI url, ArtifactStore store, ProgramFetcher programs) {
    return network(url, store, programs, "");
  }

  /**
   * @param more lines for {@code private-proving.network}
   */
  private static UpstreamNetwork network(
      URI url, ArtifactStore store, ProgramFetcher programs, String more) {
    var config =
        ConfigFactory.parseString(
                """
                private-proving.network {
                  rpc-url = "%s"
                  fulfiller-key = "%s"
                  schema = base
                  fulfiller = "%s"
                  %s
                }
                """
                    .formatted(url, "02".repeat(32), NetworkKit.SIGNER.address(), more))
            .withFallback(ConfigFactory.load());
    return new UpstreamNetwork(
        Adapter.toTyped(fixture.system),
        UpstreamSettings.from(config),
        fixture.database,
        store,
        programs,
        Clock.fixed(NOW, ZoneOffset.UTC));
  }

  @BeforeEach
  void locate() {
    uri = fixture.server.url(path);
  }

  @AfterAll
  static void stop() throws Exception {
    network.close();
    programs.close();
    scripted.close();
    fixture.close();
  }

  private static ByteString bytes(byte[] bytes) {
    return ByteString.copyFrom(bytes);
  }

  private Program program() throws Exception {
    return result(network.program(vkHash, uri, ALICE));
  }

  private boolean isStored(ArtifactId id) throws Exception {
    return result(fixture.store.find(id)).filter(ArtifactInfo::complete).isPresent();
  }

  private void isWithdrawn(ArtifactId id) {
    assertThatThrownBy(() -> result(network.provide(vkHash, id)))
        .isInstanceOf(ProgramUnavailable.class)
        .hasMessageContaining("was withdrawn");
  }

  // Programs.

  @Test
  void aProgramThatNobodyKnowsYetIsNotedAsTheNetworkHasItAndNotFetched() throws Exception {
    Program program = program();

    assertThat(program.vkHash()).isEqualTo(vkHash);
    assertThat(program.programUri()).isEqualTo(uri);
    assertThat(program.owner()).isEqualTo(ALICE);
    assertThat(program.createdAt()).isEqualTo(NOW);
    assertThat(isStored(program.artifact())).isFalse();
    assertThat(fixture.server.asked(path)).isZero();
  }

  @Test
  void oneThatIsKnownStaysAsItIsWhoeverAsksNext() throws Exception {
    Program first = program();

    Program second = result(network.program(vkHash, "https://elsewhere/2", BOB));

    assertThat(second.artifact()).isEqualTo(first.artifact());
    assertThat(second.programUri()).isEqualTo(uri);
    assertThat(second.owner()).isEqualTo(ALICE);
  }

  @Test
  void twoThatAskAtOnceGetTheSameOne() throws Exception {
    CompletionStage<Program> one = network.program(vkHash, uri, ALICE);
    CompletionStage<Program> two = network.program(vkHash, uri, BOB);

    assertThat(result(one).artifact()).isEqualTo(result(two).artifact());
  }

  @Test
  void itsBytesAreProvidedOnceHoweverOftenTheyAreAskedFor() throws Exception {
    fixture.server.on(path, ProgramServer.program(PROGRAM));
    Program program = program();

    result(network.provide(vkHash, program.artifact()));
    result(network.provide(vkHash, program.artifact()));

    assertThat(fixture.stored(program.artifact())).isEqualTo(PROGRAM);
    assertThat(result(fixture.store.find(program.artifact())).orElseThrow().owner())
        .isEqualTo(ALICE);
    assertThat(fixture.server.asked(path)).isEqualTo(1);
  }

  @Test
  void oneThatIsStoredUnderAKeyThatIsGoneIsFetchedAnew() throws Exception {
    fixture.server.on(path, ProgramServer.program(PROGRAM));
    ArtifactId before = program().artifact();
    result(network.provide(vkHash, before));

    ArtifactStore store = fixture.storeUnderANewKey();
    try (var fetcher = new ProgramFetcher(store, fixture.settings(), fixture.system);
        var restarted = network(scripted.url(), store, fetcher)) {
      ArtifactId after = result(restarted.program(vkHash, uri, BOB)).artifact();
      result(restarted.provide(vkHash, after));

      assertThat(after).isNotEqualTo(before);
      assertThat(fixture.bytes(store.read(after))).isEqualTo(PROGRAM);
      assertThat(isStored(before)).isFalse();
    }
  }

  /** In a ledger of our own the client is told to register it. */
  @Test
  void orIsToBeRegisteredAnew() throws Exception {
    fixture.server.on(path, ProgramServer.program(PROGRAM));
    result(network.provide(vkHash, program().artifact()));
    assertThat(result(ledger(fixture.store).program(vkHash))).isPresent();

    HostedLedger restarted = ledger(fixture.storeUnderANewKey());
    long nonce = result(restarted.nonce(ALICE));

    assertThatThrownBy(
            () ->
                result(
                    restarted.admit(
                        new Signed(ENVELOPE, ALICE, nonce, Optional.empty()),
                        new Admittee(vkHash, "http://here/1", true))))
        .isInstanceOfSatisfying(
            Refusal.class, refusal -> assertThat(refusal.message()).contains("register it first"));
    assertThat(result(restarted.program(vkHash))).isEmpty();
  }

  private static HostedLedger ledger(ArtifactStore store) {
    return new HostedLedger(
        fixture.database, store, new byte[32], Clock.fixed(NOW, ZoneOffset.UTC));
  }

  @Test
  void oneThatIsNotKnownCannotBeProvided() {
    isWithdrawn(new ArtifactId(UUID.randomUUID()));
  }

  @Test
  void oneThatWasWithdrawnIsGoneAndIsNotFetchedAgain() throws Exception {
    fixture.server.on(path, ProgramServer.program(PROGRAM));
    ArtifactId artifact = program().artifact();
    result(network.provide(vkHash, artifact));

    result(network.withdraw(vkHash, artifact));

    assertThat(isStored(artifact)).isFalse();
    isWithdrawn(artifact);
    assertThat(fixture.server.asked(path)).isEqualTo(1);
  }

  @Test
  void whoRegistersAfterwardsGetsAnotherArtifact() throws Exception {
    ArtifactId first = program().artifact();
    result(network.withdraw(vkHash, first));

    Program second = result(network.program(vkHash, "https://elsewhere/2", BOB));

    assertThat(second.artifact()).isNotEqualTo(first);
    assertThat(second.programUri()).isEqualTo("https://elsewhere/2");
    isWithdrawn(first);
  }

  @Test
  void toWithdrawTheOldOneLeavesTheNewOneAlone() throws Exception {
    ArtifactId first = program().artifact();
    result(network.withdraw(vkHash, first));
    Program second = program();

    result(network.withdraw(vkHash, first));

    assertThat(program().artifact()).isEqualTo(second.artifact());
  }

  // Requests.

  @Test
  void admitsARequestThatIsOursTogetherWithItsProgram() throws Exception {
    scripted
        .on(
            "RequestProof",
            _ ->
                RequestProofResponse.newBuilder()
                    .setTxHash(bytes(random(32)))
                    .setBody(RequestProofResponseBody.newBuilder().setRequestId(bytes(ID.bytes())))
                    .build()
                    .toByteArray())
        .on(
            "GetProofRequestDetails",
            _ ->
                GetProofRequestDetailsResponse.newBuilder()
                    .setRequest(
                        ProofRequest.newBuilder()
                            .setRequestId(bytes(ID.bytes()))
                            .setRequester(bytes(ALICE.bytes()))
                            .setFulfiller(bytes(NetworkKit.SIGNER.address().bytes()))
                            .setVkHash(bytes(vkHash.bytes()))
                            .setProgramUri(uri)
                            .build()
                            .toByteString())
                    .build()
                    .toByteArray());

    Admission admission =
        result(
            network.admit(
                new Signed(ENVELOPE, ALICE, 7, Optional.empty()),
                new Admittee(vkHash, "http://here/" + UUID.randomUUID(), true)));

    assertThat(admission.id()).isEqualTo(ID);
    assertThat(admission.txHash()).isEqualTo(random(32));
    assertThat(admission.program().artifact()).isEqualTo(program().artifact());
    assertThat(admission.program().programUri()).isEqualTo(uri);
    assertThat(scripted.received("RequestProof")).contains(ENVELOPE.toByteArray());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 31, 32, 33})
  void passesACancellationOnAndTellsAHashOf32Bytes(int told) throws Exception {
    scripted.on(
        "CancelRequest",
        _ ->
            CancelRequestResponse.newBuilder()
                .setTxHash(bytes(random(told)))
                .build()
                .toByteArray());

    Receipt receipt = result(network.cancel(new Signed(ENVELOPE, ALICE, 7, Optional.empty()), ID));

    assertThat(receipt.txHash()).isEqualTo(told == 32 ? random(32) : new byte[32]);
    assertThat(scripted.received("CancelRequest")).contains(ENVELOPE.toByteArray());
  }

  @ParameterizedTest
  @CsvSource({"https://proofs/1, https://proofs/1", "'',", ","})
  void tellsWhereTheNetworkKeepsAProof(String told, String expected) throws Exception {
    var status = GetProofRequestStatusResponse.newBuilder();
    if (told != null) {
      status.setProofUri(told);
    }
    scripted.on("GetProofRequestStatus", _ -> status.build().toByteArray());

    assertThat(result(network.proofUri(ID))).isEqualTo(Optional.ofNullable(expected));
  }

  @Test
  void hearsOfFailures() {
    assertThat(network.hearsOfFailures()).isTrue();
  }

  // Its surroundings.

  @Test
  void anAnswerBeyondItsBoundIsRefused() {
    byte[] huge = new byte[17 * 1024 * 1024];
    scripted.on("GetBalance", _ -> huge);

    assertThatThrownBy(
            () ->
                result(
                    network.passThrough(
                        "/network.ProverNetwork/GetBalance",
                        "whose".getBytes(StandardCharsets.UTF_8),
                        null)))
        .hasMessageContaining("RESOURCE_EXHAUSTED");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void noMoreCallsAreUnderWayThanConfigured(boolean passedThrough) throws Exception {
    AtomicInteger underWay = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    ScriptedNetwork.Script slow =
        _ -> {
          most.accumulateAndGet(underWay.incrementAndGet(), Math::max);
          Thread.sleep(50);
          underWay.decrementAndGet();
          return new byte[0];
        };
    scripted.on("GetBalance", slow).on("GetProofRequestStatus", slow);
    try (UpstreamNetwork narrow =
        network(scripted.url(), fixture.store, programs, "max-calls = 2, max-waiting = 50")) {
      List<CompletionStage<?>> all = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        all.add(
            passedThrough
                ? narrow.passThrough("/network.ProverNetwork/GetBalance", new byte[0], null)
                : narrow.proofUri(ID));
      }
      for (CompletionStage<?> one : all) {
        result(one);
      }
    }
    assertThat(most).hasValue(2);
  }

  @Test
  void whatOthersMakeOfPassedThroughCallsIsNotTakenForTheNetworksSilence() throws Exception {
    scripted.on(
        "GetBalance",
        _ -> {
          throw ScriptedNetwork.refusal(Status.Code.UNAVAILABLE, "says somebody's method");
        });
    scripted.on("GetProofRequestStatus", _ -> new byte[0]);
    scripted.on("GetNonce", _ -> new byte[0]);
    try (UpstreamNetwork annoyed = network(scripted.url())) {
      for (int i = 0; i < 20; i++) {
        assertThatThrownBy(
                () ->
                    result(
                        annoyed.passThrough(
                            "/network.ProverNetwork/GetBalance", new byte[0], null)))
            .isNotNull();
      }

      assertThat(result(annoyed.proofUri(ID))).isEmpty();
      assertThat(annoyed.reachability().awaySince()).isEmpty();
      assertThat(result(annoyed.passThrough("/network.ProverNetwork/GetNonce", new byte[0], null)))
          .isEmpty();
    }
  }
}
