package org.privateproving.network.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.privateproving.network.upstream.NetworkKit.get;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.google.protobuf.ByteString;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.privateproving.database.Database;
import org.privateproving.database.TestPostgres;
import org.privateproving.domain.Address;
import org.privateproving.domain.RequestId;
import org.privateproving.domain.Schema;
import org.privateproving.domain.VkHash;
import org.privateproving.network.NetworkRequest;
import org.privateproving.network.OwnRequests;
import org.privateproving.network.ProverNetwork.ReportOutcome;
import org.privateproving.network.upstream.Orphans.Fate;
import org.privateproving.wire.network.ProofRequest;
import org.slf4j.LoggerFactory;

class OrphansTest {
  private static final Address ALICE = new Address("0a".repeat(20));
  private static final VkHash PROGRAM = new VkHash("0b".repeat(32));
  private static final RequestId ID = EarlierAttempts.idOf(ALICE, ByteString.copyFromUtf8("body"));
  private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
  private static final Duration GRACE = Duration.ofMinutes(2);
  private static final Optional<String> HERE = Optional.of("https://here.example");

  private static Database database;
  private static NetworkKit kit;

  private final String path = "/artifacts/" + UUID.randomUUID();
  private final List<RequestId> failed = new ArrayList<>();
  private final Inputs inputs = new Inputs();

  /** The store: which stdin is there. */
  private static final class Inputs implements OwnRequests {
    String present = "none";
    final List<NetworkRequest> adopted = new ArrayList<>();

    @Override
    public CompletionStage<Boolean> adopt(NetworkRequest request) {
      boolean here = request.message().getStdinUri().equals(present);
      if (here) {
        adopted.add(request);
      }
      return CompletableFuture.completedStage(here);
    }

    @Override
    public CompletionStage<Boolean> isKnown(RequestId id) {
      throw new AssertionError("known to nobody: that was asked before");
    }

    @Override
    public CompletionStage<List<RequestId>> unproved(Optional<RequestId> after, int limit) {
      throw new AssertionError("of no concern here");
    }

    @Override
    public void closed(RequestId id, Closure closure) {
      throw new AssertionError("of no concern here");
    }
  }

  @BeforeAll
  static void open() throws Exception {
    database = Database.open(TestPostgres.freshDatabase());
    kit = new NetworkKit();
  }

  @AfterAll
  static void close() {
    kit.close();
    database.close();
  }

  private Orphans orphans(boolean all) {
    Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);
    return new Orphans(
        inputs,
        new Admissions(
            database,
            kit.client,
            new FulfillerIdentity(kit.client, NetworkKit.SIGNER, Optional.empty()),
            Duration.ofSeconds(1),
            NetworkKit.CALL_TIMEOUT,
            clock),
        id -> {
          failed.add(id);
          return CompletableFuture.completedStage(new ReportOutcome.Taken(new byte[32]));
        },
        new Orphans.Terms(GRACE, all, HERE),
        clock);
  }

  private static NetworkRequest request(RequestId id, String stdinUri, Instant createdAt) {
    return new NetworkRequest(
        id,
        ALICE,
        Schema.BASE,
        ProofRequest.newBuilder()
            .setRequestId(ByteString.copyFrom(id.bytes()))
            .setRequester(ByteString.copyFrom(ALICE.bytes()))
            .setVkHash(ByteString.copyFrom(PROGRAM.bytes()))
            .setStdinUri(stdinUri)
            .setCreatedAt(createdAt.getEpochSecond())
            .build());
  }

  private static NetworkRequest old(String stdinUri) {
    return request(new RequestId("1d".repeat(32)), stdinUri, NOW.minus(GRACE));
  }

  /** What a server leaves that dies between the note and the answer. */
  private void noted(String stdinUri, RequestId id) throws Exception {
    var ticket =
        new AdmissionTable.Ticket(new AdmissionTable.Key(ALICE, stdinUri), UUID.randomUUID());
    get(
        database.transact(
            c -> {
              AdmissionTable table = new AdmissionTable();
              table.claim(
                  c,
                  new AdmissionTable.Wanted(ticket.key(), PROGRAM),
                  ticket.owner(),
                  NOW,
                  Duration.ofSeconds(30));
              table.noteAttempt(c, ticket, NOW);
              new AttemptTable().note(c, ticket.key(), id);
              return true;
            }));
  }

  private static RequestId randomId() {
    return EarlierAttempts.idOf(ALICE, ByteString.copyFromUtf8(UUID.randomUUID().toString()));
  }

  @Test
  void leavesAloneWhatDidNotComeThroughHere() throws Exception {
    for (String uri :
        List.of("https://elsewhere.example" + path, "https://here.example.org" + path, "")) {
      assertThat(get(orphans(false).take(old(uri)))).isEqualTo(Fate.OTHERS);
    }
    assertThat(failed).isEmpty();
  }

  @Test
  void failsItIfTheOperatorIsAlone() throws Exception {
    NetworkRequest other = old("https://elsewhere.example" + path);
    assertThat(get(orphans(true).take(other))).isEqualTo(Fate.FAILED);
    assertThat(failed).containsExactly(other.id());
  }

  @Test
  void failsWhatWasUploadedHere() throws Exception {
    NetworkRequest ours = old("https://here.example" + path);
    assertThat(get(orphans(false).take(ours))).isEqualTo(Fate.FAILED);
    assertThat(failed).containsExactly(ours.id());
  }

  @Test
  void failsWhatIsNotedHereByItsInputOrByItsIdWhereTheInputIsNotTold() throws Exception {
    RequestId id = randomId();
    noted("https://other-server.example" + path, id);

    Instant longAgo = NOW.minus(GRACE);
    assertThat(
            get(
                orphans(false)
                    .take(request(randomId(), "https://other-server.example" + path, longAgo))))
        .isEqualTo(Fate.FAILED);
    assertThat(get(orphans(false).take(request(id, "", longAgo)))).isEqualTo(Fate.FAILED);
    assertThat(failed).hasSize(2);
  }

  @Test
  void adoptsWhoseInputIsHereThoughTheNetworkDoesNotTellWhere() throws Exception {
    String uri = "https://here.example" + path;
    RequestId id = randomId();
    noted(uri, id);
    inputs.present = uri;

    assertThat(get(orphans(false).take(request(id, "", NOW)))).isEqualTo(Fate.ADOPTED);

    assertThat(inputs.adopted.getFirst().message().getStdinUri()).isEqualTo(uri);
    assertThat(failed).isEmpty();
  }

  @Test
  void leavesWhatMayStillBeOnItsWay() throws Exception {
    NetworkRequest young =
        request(randomId(), "https://here.example" + path, NOW.minus(GRACE).plusSeconds(1));
    assertThat(get(orphans(true).take(young))).isEqualTo(Fate.LEFT);
    assertThat(failed).isEmpty();
  }

  @Test
  void tellsOfEachThatIsNotOursOnce() throws Exception {
    Logger logger = (Logger) LoggerFactory.getLogger(Orphans.class);
    var lines = new ListAppender<ILoggingEvent>();
    lines.start();
    logger.addAppender(lines);
    try {
      Orphans orphans = orphans(false);
      NetworkRequest other = old("https://elsewhere.example" + path);
      for (int round = 0; round < 3; round++) {
        get(orphans.take(other));
        orphans.roundOver(Set.of(other.id()));
      }
      assertThat(lines.list).hasSize(1);

      orphans.roundOver(Set.of(ID));
      get(orphans.take(other));
      assertThat(lines.list).hasSize(2);
    } finally {
      logger.detachAppender(lines);
    }
  }
}
