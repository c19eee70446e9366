package org.privateproving.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.privateproving.request.SampleRequests.NOW;

import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.privateproving.artifact.ArtifactId;
import org.privateproving.database.Database;
import org.privateproving.database.TestPostgres;
import org.privateproving.domain.Address;
import org.privateproving.domain.RequestId;

class RequestIndexTest {
  private final Database database = Database.open(TestPostgres.freshDatabase());
  private final RequestIndex index = new RequestIndex(database);

  @AfterEach
  void close() {
    database.close();
  }

  private static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  private static RequestId id(int n) {
    byte[] bytes = new byte[32];
    bytes[0] = (byte) n;
    return RequestId.of(bytes);
  }

  private static Order order(int n) {
    Order sample = SampleRequests.order();
    return SampleRequests.with(sample, "uri-" + n, sample.terms().stdin(), SampleRequests.DEADLINE);
  }

  private void register(int n) throws Exception {
    get(index.register(id(n), order(n), NOW));
  }

  private void settle(int n, Instant at) throws Exception {
    var facts = new State.Facts(order(n), NOW, NOW, 0, 0, Optional.empty(), true);
    index.update(id(n), new State.Expired(facts), at);
    await().until(() -> !get(index.unsettled(Optional.empty(), 100)).contains(id(n)));
  }

  private ArtifactId artifact(String kind, String claimedBy, Instant claimedAt) throws Exception {
    UUID id = UUID.randomUUID();
    get(
        database.transact(
            connection -> {
              try (var insert =
                  connection.prepareStatement(
                      "INSERT INTO artifact (id, kind, owner, created_at, claimed_by, claimed_at)"
                          + " VALUES (?, ?, ?, ?, ?, ?)")) {
                insert.setObject(1, id);
                insert.setString(2, kind);
                insert.setBytes(3, Address.of(new byte[20]).bytes());
                insert.setTimestamp(4, Timestamp.from(NOW));
                insert.setString(5, claimedBy);
                insert.setTimestamp(6, Timestamp.from(claimedAt));
                return insert.executeUpdate();
              }
            }));
    return new ArtifactId(id);
  }

  @Test
  void shouldListWhatHasWorkLeftPageByPage() throws Exception {
    for (int n = 1; n <= 5; n++) {
      register(n);
    }
    settle(3, NOW);
    List<RequestId> first = get(index.unsettled(Optional.empty(), 2));
    assertThat(first).containsExactly(id(1), id(2));
    assertThat(get(index.unsettled(Optional.of(first.getLast()), 10)))
        .containsExactly(id(4), id(5));
  }

  @Test
  void shouldFindWhatWasSettledLongAgoAndForgetIt() throws Exception {
    register(1);
    register(2);
    settle(1, NOW.minus(Duration.ofDays(8)));
    settle(2, NOW);
    assertThat(get(index.settledBefore(NOW.minus(Duration.ofDays(7)), 10))).containsExactly(id(1));
    get(index.leftovers().forget(id(1)));
    assertThat(get(index.settledBefore(NOW.plusSeconds(1), 10))).containsExactly(id(2));
  }

  @Test
  void shouldForgetARowWhoseRequestNeverCameToBe() throws Exception {
    register(1);
    assertThat(get(index.leftovers().forgetAbsentBefore(NOW))).isZero();
    assertThat(get(index.leftovers().forgetAbsentBefore(NOW.plusSeconds(1)))).isEqualTo(1);
    assertThat(get(index.unsettled(Optional.empty(), 10))).isEmpty();
  }

  @Test
  void shouldFindInputsProofsAndProgramsThatACrashLeftClaimedByNobody() throws Exception {
    register(1);
    Instant longAgo = NOW.minus(Duration.ofHours(2));
    artifact("STDIN", id(1).hex(), longAgo);
    artifact("PROOF", id(1).hex(), longAgo);
    ArtifactId stdin = artifact("STDIN", id(2).hex(), longAgo);
    ArtifactId proof = artifact("PROOF", id(2).hex(), longAgo);
    ArtifactId program = artifact("PROGRAM", "program:00", longAgo);
    artifact("STDIN", id(3).hex(), NOW);
    assertThat(get(index.leftovers().claimedInVain(NOW.minus(Duration.ofHours(1)), 10)))
        .containsExactlyInAnyOrder(stdin, proof, program);
  }

  @Test
  void shouldFindEverythingThatIsStoredForARequest() throws Exception {
    ArtifactId first = artifact("PROOF", id(1).hex(), NOW);
    ArtifactId second = artifact("PROOF", id(1).hex(), NOW);
    artifact("PROOF", id(2).hex(), NOW);
    assertThat(get(index.leftovers().claimedBy(id(1)))).containsExactlyInAnyOrder(first, second);
  }

  @Test
  void shouldListWhatMatchesNewestFirst() throws Exception {
    register(1);
    get(index.register(id(2), order(2), NOW.plusSeconds(1)));
    var none = Optional.<Instant>empty();
    var all =
        new RequestFilter(
            Optional.of(order(1).requester()),
            Optional.of(order(1).terms().vkHash()),
            Optional.of(order(1).terms().version()),
            Optional.of(order(1).terms().mode()),
            Optional.of(SampleRequests.DEADLINE),
            none,
            none,
            10,
            0);
    assertThat(get(index.matching(all))).containsExactly(id(2), id(1));
    var stranger =
        new RequestFilter(
            Optional.of(Address.of(new byte[20])),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            none,
            none,
            none,
            10,
            0);
    assertThat(get(index.matching(stranger))).isEmpty();
  }

  @Test
  void shouldNotGoBackToAnOlderStateWhenUpdatesOvertakeEachOther() throws Exception {
    register(1);
    settle(1, NOW);
    var facts = new State.Facts(order(1), NOW, NOW.minusSeconds(5), 0, 0, Optional.empty(), false);
    index.update(id(1), new State.Queued(facts), NOW);
    register(2); // behind the update in the same queue of work
    await()
        .during(Duration.ofMillis(300))
        .until(() -> get(index.unsettled(Optional.empty(), 10)).equals(List.of(id(2))));
  }
}
