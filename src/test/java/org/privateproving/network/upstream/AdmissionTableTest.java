package org.privateproving.network.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.privateproving.database.Database;
import org.privateproving.database.TestPostgres;
import org.privateproving.domain.Address;
import org.privateproving.domain.RequestId;
import org.privateproving.domain.VkHash;
import org.privateproving.network.upstream.AdmissionTable.Claim;
import org.privateproving.network.upstream.AdmissionTable.Key;
import org.privateproving.network.upstream.AdmissionTable.Registered;
import org.privateproving.network.upstream.AdmissionTable.Ticket;
import org.privateproving.network.upstream.AdmissionTable.Wanted;

/** On a real PostgreSQL. */
class AdmissionTableTest {
  private static final Address ALICE = new Address("0a".repeat(20));
  private static final Address BOB = new Address("0b".repeat(20));
  private static final VkHash PROGRAM = new VkHash("0c".repeat(32));
  private static final VkHash OTHER_PROGRAM = new VkHash("0d".repeat(32));
  private static final RequestId ID = new RequestId("1d".repeat(32));
  private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
  private static final Duration TERM = Duration.ofSeconds(30);
  private static final Instant OVER = NOW.plus(TERM);
  private static final String URI = "https://programs/1";

  private static Database database;

  private final AdmissionTable table = new AdmissionTable();
  private final Key key = new Key(ALICE, "http://here/" + UUID.randomUUID());
  private final UUID me = UUID.randomUUID();
  private final UUID another = UUID.randomUUID();
  private final Ticket mine = new Ticket(key, me);

  @BeforeAll
  static void open() {
    database = Database.open(TestPostgres.freshDatabase());
  }

  @AfterAll
  static void close() {
    database.close();
  }

  private static <T> T in(Database.Work<T> work) throws SQLException {
    return database.transactBlocking(work);
  }

  private static boolean is(Database.Work<Boolean> work) throws SQLException {
    return in(work);
  }

  private static int count(Database.Work<Integer> work) throws SQLException {
    return in(work);
  }

  private Claim claim(UUID owner, Instant now) throws SQLException {
    return claim(new Wanted(key, PROGRAM), owner, now);
  }

  private Claim claim(Wanted wanted, UUID owner, Instant now) throws SQLException {
    return in(c -> table.claim(c, wanted, owner, now, TERM));
  }

  private static byte[] txHash(int value) {
    byte[] hash = new byte[32];
    Arrays.fill(hash, (byte) value);
    return hash;
  }

  private static Registered registered() {
    return new Registered(ID, txHash(7));
  }

  private static void isMine(Claim claim, int attempts) {
    assertThat(claim).isEqualTo(new Claim.Mine(attempts, Optional.empty()));
  }

  private static void isRegistered(Registered registered, RequestId id, byte[] txHash) {
    assertThat(registered.id()).isEqualTo(id);
    assertThat(registered.txHash()).isEqualTo(txHash);
  }

  // Claims.

  @Test
  void theFirstClaimIsGrantedAndNothingWasTried() throws Exception {
    isMine(claim(me, NOW), 0);
  }

  @Test
  void whileItLastsNobodyElseIsGrantedOne() throws Exception {
    claim(me, NOW);

    assertThat(claim(another, NOW)).isEqualTo(new Claim.Busy());
    assertThat(claim(another, OVER.minusMillis(1))).isEqualTo(new Claim.Busy());
    assertThat(claim(me, NOW)).isEqualTo(new Claim.Busy());
  }

  @Test
  void whenItRunsOutTheNextIsGranted() throws Exception {
    claim(me, NOW);

    isMine(claim(another, OVER), 0);
    assertThat(claim(me, OVER)).isEqualTo(new Claim.Busy());
  }

  @Test
  void whenItIsReleasedTheNextIsGrantedAtOnce() throws Exception {
    claim(me, NOW);

    assertThat(is(c -> table.release(c, mine))).isTrue();

    isMine(claim(another, NOW), 0);
  }

  @Test
  void claimsOfOtherInputsAndRequestersAreTheirOwn() throws Exception {
    claim(me, NOW);

    isMine(claim(new Wanted(new Key(BOB, key.stdinUri()), PROGRAM), another, NOW), 0);
    isMine(claim(new Wanted(new Key(ALICE, key.stdinUri() + "0"), PROGRAM), another, NOW), 0);
  }

  @Test
  void anotherProgramIsToldApartInEveryState() throws Exception {
    Wanted other = new Wanted(key, OTHER_PROGRAM);
    claim(me, NOW);
    assertThat(claim(other, another, NOW)).isEqualTo(new Claim.OtherProgram());
    assertThat(claim(other, another, OVER)).isEqualTo(new Claim.OtherProgram());

    in(c -> table.setRegistered(c, mine, registered()));
    in(c -> table.setOurs(c, mine, URI));
    assertThat(claim(other, another, OVER)).isEqualTo(new Claim.OtherProgram());
  }

  @Test
  void anInputExistsOnceItWasClaimed() throws Exception {
    assertThat(is(c -> table.exists(c, key))).isFalse();
    claim(me, NOW);
    assertThat(is(c -> table.exists(c, key))).isTrue();
    assertThat(is(c -> table.exists(c, new Key(BOB, key.stdinUri())))).isFalse();
  }

  // What its holder notes.

  @Test
  void attemptsAreCountedAcrossClaimsAndMakeTheClaimLast() throws Exception {
    claim(me, NOW);
    Instant longer = OVER.plusSeconds(10);
    assertThat(is(c -> table.noteAttempt(c, mine, longer))).isTrue();

    assertThat(claim(another, longer.minusMillis(1))).isEqualTo(new Claim.Busy());
    isMine(claim(another, longer), 1);
    in(c -> table.noteAttempt(c, new Ticket(key, another), longer));
    isMine(claim(me, longer), 2);
  }

  @Test
  void whatTheNetworkAnsweredIsKnownToTheNext() throws Exception {
    claim(me, NOW);
    assertThat(is(c -> table.setRegistered(c, mine, registered()))).isTrue();

    assertThat(claim(another, NOW)).isEqualTo(new Claim.Busy());
    assertThat(claim(another, OVER))
        .isInstanceOfSatisfying(
            Claim.Mine.class, next -> isRegistered(next.registered().orElseThrow(), ID, txHash(7)));
  }

  @Test
  void oursIsOursForEver() throws Exception {
    claim(me, NOW);
    in(c -> table.setRegistered(c, mine, registered()));
    assertThat(is(c -> table.setOurs(c, mine, URI))).isTrue();

    for (Instant later : new Instant[] {NOW, OVER, OVER.plus(Duration.ofDays(1000))}) {
      assertThat(claim(another, later))
          .isInstanceOfSatisfying(
              Claim.Ours.class,
              ours -> {
                isRegistered(ours.registered(), ID, txHash(7));
                assertThat(ours.programUri()).isEqualTo(URI);
              });
    }
  }

  @Test
  void notOursIsNotOursForEverAndSaysWhy() throws Exception {
    claim(me, NOW);
    in(c -> table.setRegistered(c, mine, registered()));
    assertThat(is(c -> table.setNotOurs(c, mine, "it is another's"))).isTrue();

    for (Instant later : new Instant[] {NOW, OVER, OVER.plus(Duration.ofDays(1000))}) {
      assertThat(claim(another, later)).isEqualTo(new Claim.NotOurs("it is another's"));
    }
  }

  @Test
  void whoseClaimWasTakenOverNotesNothing() throws Exception {
    claim(me, NOW);
    claim(another, OVER);

    assertThat(is(c -> table.noteAttempt(c, mine, OVER.plus(TERM)))).isFalse();
    assertThat(is(c -> table.setRegistered(c, mine, registered()))).isFalse();
    assertThat(is(c -> table.setOurs(c, mine, URI))).isFalse();
    assertThat(is(c -> table.setNotOurs(c, mine, "no"))).isFalse();
    assertThat(is(c -> table.release(c, mine))).isFalse();

    assertThat(claim(me, OVER)).isEqualTo(new Claim.Busy());
    isMine(claim(me, OVER.plus(TERM)), 0);
  }

  @Test
  void whoReleasedItNotesNothingMore() throws Exception {
    claim(me, NOW);
    in(c -> table.release(c, mine));

    assertThat(is(c -> table.setRegistered(c, mine, registered()))).isFalse();
    isMine(claim(another, NOW), 0);
  }

  // What was found at the network.

  private void adopt(RequestId id, byte[] txHash) throws SQLException {
    in(
        c -> {
          table.adopt(c, new Wanted(key, PROGRAM), new Registered(id, txHash), URI, NOW);
          return true;
        });
  }

  private void isAdopted(RequestId id, byte[] txHash) throws SQLException {
    assertThat(claim(another, NOW))
        .isInstanceOfSatisfying(
            Claim.Ours.class,
            ours -> {
              isRegistered(ours.registered(), id, txHash);
              assertThat(ours.programUri()).isEqualTo(URI);
            });
  }

  @Test
  void whatNobodyHereAskedForIsOursOnceItIsAdopted() throws Exception {
    adopt(ID, txHash(7));
    isAdopted(ID, txHash(7));
  }

  @Test
  void soIsWhatSomebodyIsAtAndWhatWasRegisteredDifferently() throws Exception {
    claim(me, NOW);
    in(c -> table.setRegistered(c, mine, registered()));
    RequestId found = new RequestId("2e".repeat(32));

    adopt(found, txHash(8));

    isAdopted(found, txHash(8));
    adopt(found, txHash(8));
    isAdopted(found, txHash(8));
  }

  @Test
  void andWhatWasTakenForSomebodyElses() throws Exception {
    claim(me, NOW);
    in(c -> table.setRegistered(c, mine, registered()));
    in(c -> table.setNotOurs(c, mine, "it is another's"));

    adopt(ID, txHash(7));

    isAdopted(ID, txHash(7));
  }

  // What is forgotten.

  private void request() throws SQLException {
    in(
        c -> {
          try (var insert =
              c.prepareStatement(
                  """
                  INSERT INTO request (request_id, requester, stdin_uri, vk_hash, version, mode,
                                       deadline, created_at, state, updated_at)
                  VALUES (?, ?, ?, ?, 'sp1-v6.1.0', 'CORE', now(), now(), 'queued', now())
                  """)) {
            insert.setBytes(1, ID.bytes());
            insert.setBytes(2, ALICE.bytes());
            insert.setString(3, key.stdinUri());
            insert.setBytes(4, PROGRAM.bytes());
            return insert.executeUpdate();
          }
        });
  }

  private boolean isForgotten(Instant time) throws SQLException {
    in(c -> table.forget(c, time));
    return !is(c -> table.exists(c, key));
  }

  @Test
  void onlyWhatIsOlderIsForgotten() throws Exception {
    claim(me, NOW);

    assertThat(isForgotten(NOW)).isFalse();
    assertThat(isForgotten(NOW.plusMillis(1))).isTrue();
    isMine(claim(another, NOW), 0);
  }

  @Test
  void whatARequestHereIsLeftOfIsKept() throws Exception {
    adopt(ID, txHash(7));
    request();

    assertThat(isForgotten(NOW.plus(Duration.ofDays(1000)))).isFalse();
    isAdopted(ID, txHash(7));
  }

  @Test
  void tellsHowManyItForgot() throws Exception {
    in(c -> table.forget(c, Instant.parse("2030-01-01T00:00:00Z")));
    claim(me, NOW);
    claim(new Wanted(new Key(BOB, key.stdinUri()), PROGRAM), another, NOW);

    assertThat(count(c -> table.forget(c, NOW))).isZero();
    assertThat(count(c -> table.forget(c, NOW.plusSeconds(1)))).isEqualTo(2);
  }
}
