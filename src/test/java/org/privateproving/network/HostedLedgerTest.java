package org.privateproving.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.privateproving.artifact.ArtifactId;
import org.privateproving.database.Database;
import org.privateproving.database.TestPostgres;
import org.privateproving.domain.Address;
import org.privateproving.domain.Refusal;
import org.privateproving.domain.RequestId;
import org.privateproving.domain.VkHash;
import org.privateproving.network.ProverNetwork.Admittee;
import org.privateproving.network.ProverNetwork.Registration;
import org.privateproving.network.ProverNetwork.Signed;
import org.privateproving.wire.network.SignedRequest;

class HostedLedgerTest {
  private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
  private static final Address ALICE = Address.of(bytes(20, 1));
  private static final Address BOB = Address.of(bytes(20, 2));

  private static Database database;
  private static ErasedArtifacts artifacts;

  @BeforeAll
  static void open() {
    database = Database.open(TestPostgres.freshDatabase());
    artifacts = new ErasedArtifacts();
  }

  @AfterAll
  static void close() {
    database.close();
  }

  private static HostedLedger ledger(Instant now) {
    return new HostedLedger(
        database, artifacts.store(), new byte[32], Clock.fixed(now, ZoneOffset.UTC));
  }

  private final HostedLedger ledger = ledger(NOW);

  private static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  private static Signed signed(Address signer, long nonce) {
    return new Signed(SignedRequest.getDefaultInstance(), signer, nonce, Optional.empty());
  }

  private static Registration registration(int program, int artifact) {
    return new Registration(
        VkHash.of(bytes(32, program)), bytes(104, 5), "uri", new ArtifactId(new UUID(9, artifact)));
  }

  private void register(int program, int artifact) throws Exception {
    get(ledger.register(signed(ALICE, get(ledger.nonce(ALICE))), registration(program, artifact)));
  }

  @Test
  void shouldHandOutEachNonceOnce() throws Exception {
    Set<Long> seen = new HashSet<>();
    for (int i = 0; i < 200; i++) {
      assertThat(seen.add(get(ledger.nonce(i % 2 == 0 ? ALICE : BOB)))).isTrue();
    }
  }

  @Test
  void shouldTakeTwentyNoncesOfOneSignerInAnyOrder() throws Exception {
    register(20, 20);
    List<Long> nonces =
        IntStream.range(0, 20)
            .mapToObj(_ -> ledger.nonce(ALICE).toCompletableFuture().join())
            .toList();
    for (int i = 19; i >= 0; i--) {
      get(ledger.admit(signed(ALICE, nonces.get(i)), admittee(20, "uri-" + i)));
    }
  }

  @Test
  void shouldRefuseANonceThatTheSameSignerUsedBeforeButNotAnothersSameNumber() throws Exception {
    register(21, 21);
    long nonce = get(ledger.nonce(ALICE));
    get(ledger.admit(signed(ALICE, nonce), admittee(21, "a")));
    assertRefused(
        ledger.admit(signed(ALICE, nonce), admittee(21, "b")),
        Refusal.Reason.STALE_NONCE,
        "used before");
    get(ledger.admit(signed(BOB, nonce), admittee(21, "a")));
  }

  @Test
  void shouldUseUpTheNonceOfEveryKindOfMessage() throws Exception {
    long nonce = get(ledger.nonce(ALICE));
    get(ledger.register(signed(ALICE, nonce), registration(30, 300)));
    assertRefused(
        ledger.register(signed(ALICE, nonce), registration(31, 310)),
        Refusal.Reason.STALE_NONCE,
        "used before");
    RequestId id = RequestId.of(bytes(32, 1));
    long another = get(ledger.nonce(ALICE));
    get(ledger.cancel(signed(ALICE, another), id));
    assertRefused(
        ledger.cancel(signed(ALICE, another), id), Refusal.Reason.STALE_NONCE, "used before");
  }

  @Test
  void shouldRefuseANonceThatIsTooOldOrWasNeverHandedOut() throws Exception {
    register(22, 22);
    long nonce = get(ledger.nonce(ALICE));
    HostedLedger later = ledger(NOW.plus(NonceTable.LIFETIME).plusSeconds(1));
    assertRefused(
        later.admit(signed(ALICE, nonce), admittee(22, "a")),
        Refusal.Reason.STALE_NONCE,
        "no longer");
    assertRefused(
        ledger.admit(signed(ALICE, 7), admittee(22, "a")), Refusal.Reason.STALE_NONCE, "nonce 7");
    long future = NOW.plus(Duration.ofHours(1)).getEpochSecond() << 32;
    assertRefused(
        ledger.admit(signed(ALICE, future), admittee(22, "a")),
        Refusal.Reason.STALE_NONCE,
        "never handed out");
    assertRefused(
        ledger.admit(signed(ALICE, -1), admittee(22, "a")),
        Refusal.Reason.STALE_NONCE,
        "18446744073709551615");
  }

  @Test
  void shouldKeepUsedNoncesUntilTheyAreRefusedForTheirAge() throws Exception {
    register(23, 23);
    long nonce = get(ledger.nonce(ALICE));
    get(ledger.admit(signed(ALICE, nonce), admittee(23, "a")));
    HostedLedger atTheEdge = ledger(NOW.plus(NonceTable.LIFETIME));
    get(atTheEdge.forgetOldNonces());
    assertRefused(
        atTheEdge.admit(signed(ALICE, nonce), admittee(23, "b")),
        Refusal.Reason.STALE_NONCE,
        "used before");
    assertThat(get(ledger(NOW.plus(Duration.ofHours(2))).forgetOldNonces())).isPositive();
  }

  @Test
  void shouldGiveOneRequestIdPerSignerAndStdin() throws Exception {
    register(24, 24);
    RequestId first = admit(ALICE, 24, "same");
    assertThat(admit(ALICE, 24, "same")).isEqualTo(first);
    assertThat(admit(BOB, 24, "same")).isNotEqualTo(first);
    assertThat(admit(ALICE, 24, "other")).isNotEqualTo(first);
  }

  @Test
  void shouldSayThatAProgramIsUnknownWithoutUsingUpTheNonce() throws Exception {
    long nonce = get(ledger.nonce(ALICE));
    assertRefused(
        ledger.admit(signed(ALICE, nonce), admittee(99, "a")),
        Refusal.Reason.NOT_FOUND,
        "register it first");
    register(25, 25);
    get(ledger.admit(signed(ALICE, nonce), admittee(25, "a")));
  }

  @Test
  void shouldKeepTheFirstRegistrationAndEraseTheUploadOfTheSecond() throws Exception {
    register(26, 260);
    register(26, 261);
    assertThat(get(ledger.program(VkHash.of(bytes(32, 26)))).orElseThrow().artifact())
        .isEqualTo(new ArtifactId(new UUID(9, 260)));
    assertThat(artifacts.erased()).contains(new ArtifactId(new UUID(9, 261)));
    assertThat(artifacts.erased()).doesNotContain(new ArtifactId(new UUID(9, 260)));
  }

  @Test
  void shouldNotEraseTheUploadOfARegistrationThatIsRepeated() throws Exception {
    register(27, 270);
    register(27, 270);
    assertThat(artifacts.erased()).doesNotContain(new ArtifactId(new UUID(9, 270)));
  }

  @Test
  void shouldForgetAWithdrawnProgramButNotItsSuccessor() throws Exception {
    register(28, 280);
    VkHash vkHash = VkHash.of(bytes(32, 28));
    get(ledger.withdraw(vkHash, new ArtifactId(new UUID(9, 280))));
    assertThat(get(ledger.program(vkHash))).isEmpty();
    register(28, 281);
    get(ledger.withdraw(vkHash, new ArtifactId(new UUID(9, 280))));
    assertThat(get(ledger.program(vkHash))).isPresent();
  }

  @Test
  void shouldAnswerWhatTheSdkWouldPanicOnOtherwise() throws Exception {
    var params =
        get(
            ledger.params(
                org.privateproving.wire.network.GetProofRequestParamsRequest.getDefaultInstance()));
    assertThat(
            List.of(
                params.getAuctioneer(),
                params.getExecutor(),
                params.getVerifier(),
                params.getTreasury()))
        .allMatch(address -> address.size() == Address.BYTES);
    assertThat(Long.parseUnsignedLong(params.getBaseFee())).isZero();
    // The SDK multiplies this by 1e9 in 64 bits.
    assertThat(Long.parseUnsignedLong(params.getMaxPricePerPgu())).isBetween(1L, 18_000_000_000L);
    assertThat(new java.math.BigInteger(get(ledger.balance(ALICE)))).isPositive();
  }

  private RequestId admit(Address signer, int program, String stdin) throws Exception {
    return get(ledger.admit(signed(signer, get(ledger.nonce(signer))), admittee(program, stdin)))
        .id();
  }

  private static Admittee admittee(int program, String stdin) {
    return new Admittee(VkHash.of(bytes(32, program)), stdin, true);
  }

  private static void assertRefused(
      CompletionStage<?> stage, Refusal.Reason reason, String sentence) {
    assertThatThrownBy(() -> get(stage))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOfSatisfying(Refusal.class, r -> assertThat(r.reason()).isEqualTo(reason))
        .hasMessageContaining(sentence);
  }

  private static byte[] bytes(int length, int value) {
    byte[] bytes = new byte[length];
    java.util.Arrays.fill(bytes, (byte) value);
    return bytes;
  }
}
