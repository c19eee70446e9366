package org.privateproving.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.privateproving.gateway.Signer;
import org.privateproving.wire.network.FulfillmentStatus;
import org.privateproving.wire.network.GetProofRequestStatusResponse;

/**
 * Two servers and two fulfillers, and what happens when one of them dies, leaves or stands still.
 */
class ClusterIT {
  private static final Duration MOVED_WITHIN = Duration.ofSeconds(10);
  private static final Duration ELSEWHERE_WITHIN = Duration.ofSeconds(15);
  // Several seconds of execution.
  private static final int LONG = 60_000_000;
  // Accepted, and proved by nobody here.
  private static final String UNPROVABLE = "sp1-v9.9.9";

  @TempDir private Path data;
  private TestCluster cluster;
  private JournalGate journal;
  private Guest fibonacci;

  @BeforeEach
  void start() throws Exception {
    fibonacci = Guest.of("fibonacci");
    cluster = new TestCluster(data, "one", "two").set("circuit-versions=sp1-v6.1.0," + UNPROVABLE);
    journal = new JournalGate(cluster.database());
  }

  @AfterEach
  void stop() throws Exception {
    cluster.close();
    journal.close();
  }

  private void startAll() throws Exception {
    cluster.server("one");
    cluster.server("two");
    cluster.fulfiller("a");
    cluster.fulfiller("b");
    awaitAll("one");
    try (WireClient client = client("one")) {
      client.register(fibonacci);
    }
  }

  private void awaitAll(String seenBy) {
    await("two servers and two fulfillers")
        .atMost(Duration.ofSeconds(30))
        .ignoreExceptions()
        .until(
            () ->
                cluster.inSight(seenBy, "server") == 2
                    && cluster.inSight(seenBy, "fulfiller") == 2);
  }

  private WireClient client(String server) {
    return new WireClient(cluster.url(server), Signer.ONE);
  }

  private ByteString request(WireClient client, int n, String version) throws Exception {
    String stdin = client.uploadStdin(Encodings.stdin(Encodings.u32(n)));
    return client.request(client.body(fibonacci.vkHash(), stdin).setVersion(version));
  }

  private ByteString request(WireClient client, int n) throws Exception {
    return request(client, n, "sp1-v6.1.0");
  }

  private List<String> events(ByteString id) throws Exception {
    return journal.events(HexFormat.of().formatHex(id.toByteArray()));
  }

  /** When events of this kind were written for this request. */
  private List<Instant> times(ByteString id, String manifest) throws Exception {
    return journal
        .strings(
            "SELECT write_timestamp FROM event_journal WHERE event_ser_manifest = '"
                + manifest
                + "' AND persistence_id = 'ProofRequest|"
                + HexFormat.of().formatHex(id.toByteArray())
                + "' ORDER BY sequence_number")
        .stream()
        .map(millis -> Instant.ofEpochMilli(Long.parseLong(millis)))
        .toList();
  }

  private String holder(ByteString id) {
    for (String name : List.of("a", "b")) {
      if (cluster.process(name).log().contains(HexFormat.of().formatHex(id.toByteArray()))) {
        return name;
      }
    }
    throw new AssertionError("no fulfiller speaks of the request");
  }

  private static void assertFulfilled(GetProofRequestStatusResponse status) {
    assertThat(status.getFulfillmentStatus()).isEqualTo(FulfillmentStatus.FULFILLED);
  }

  /** Asks until there is an answer; says when there was. */
  private static Instant answeredAt(WireClient client, ByteString id) {
    await("an answer about a request")
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(100))
        .ignoreException(StatusRuntimeException.class)
        .until(() -> client.status(id).getFulfillmentStatus() == FulfillmentStatus.ASSIGNED);
    return Instant.now();
  }

  @Test
  void provesThroughEitherServer() throws Exception {
    startAll();
    try (WireClient one = client("one");
        WireClient two = client("two")) {
      ByteString first = request(one, 10);
      ByteString second = request(two, 11);
      assertFulfilled(two.awaitEnd(first));
      assertFulfilled(one.awaitEnd(second));
    }
  }

  /** The first is the oldest, where the dispatcher and the shards' coordinator are. */
  @ParameterizedTest
  @ValueSource(strings = {"one", "two"})
  void movesTheRequestsOfAKilledServer(String killed) throws Exception {
    startAll();
    String other = killed.equals("one") ? "two" : "one";
    try (WireClient client = client(other)) {
      List<ByteString> waiting = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        waiting.add(request(client, 10, UNPROVABLE));
      }
      ByteString late;
      cluster.process(killed).kill();
      Instant died = Instant.now();
      late = requestDuringFailover(client);
      List<Instant> answers = waiting.stream().map(id -> answeredAt(client, id)).toList();
      assertThat(answers).allSatisfy(at -> assertThat(at).isBefore(died.plus(MOVED_WITHIN)));
      assertFulfilled(client.awaitEnd(late));
      assertThat(times(late, "lease-granted:1").getFirst()).isBefore(died.plus(MOVED_WITHIN));
      // The dead one comes back and is one of two again.
      cluster.server(killed);
      awaitAll(other);
    }
  }

  private ByteString requestDuringFailover(WireClient client) throws Exception {
    String stdin = client.uploadStdin(Encodings.stdin(Encodings.u32(12)));
    List<ByteString> accepted = new ArrayList<>();
    await("a request is accepted")
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(100))
        .ignoreException(StatusRuntimeException.class)
        .until(() -> accepted.add(client.request(client.body(fibonacci.vkHash(), stdin))));
    return accepted.getFirst();
  }

  /** Nobody asks about them: they go on by themselves. */
  @Test
  void provesWhatWaitedOnAKilledServerWithoutBeingAsked() throws Exception {
    startAll();
    try (WireClient client = client("two")) {
      List<ByteString> waiting = new ArrayList<>();
      waiting.add(request(client, LONG));
      waiting.add(request(client, LONG));
      for (int i = 0; i < 6; i++) {
        waiting.add(request(client, 10 + i));
      }
      cluster.process("one").kill();
      for (ByteString id : waiting) {
        await("a request ends")
            .atMost(Duration.ofMinutes(2))
            .until(() -> events(id).contains("fulfilled:1"));
        assertThat(events(id)).containsOnlyOnce("proved:1", "fulfilled:1");
      }
    }
  }

  @Test
  void runsTheRequestOfAKilledFulfillerElsewhere() throws Exception {
    startAll();
    try (WireClient client = client("one")) {
      ByteString id = request(client, LONG);
      await("it is being worked on").until(() -> events(id).contains("lease-granted:1"));
      await("its fulfiller says so").ignoreExceptions().until(() -> !holder(id).isEmpty());
      cluster.process(holder(id)).kill();
      Instant died = Instant.now();
      await("another lease")
          .atMost(Duration.ofMinutes(1))
          .until(() -> times(id, "lease-granted:1").size() == 2);
      assertThat(times(id, "lease-granted:1").getLast()).isBefore(died.plus(ELSEWHERE_WITHIN));
      assertFulfilled(client.awaitEnd(id));
    }
  }

  @Test
  void stopsAServerWithoutAnErrorForThoseThatWait() throws Exception {
    startAll();
    SdkClient.prepare(cluster.url("one"), "fibonacci");
    List<SdkClient.Running> clients =
        IntStream.range(0, 4)
            .mapToObj(
                i ->
                    SdkClient.start(
                        cluster.url(),
                        new Fibonacci(3_000_000 + i).with("--count", "5", "--concurrent")))
            .toList();
    await("all twenty wait")
        .atMost(Duration.ofMinutes(1))
        .until(() -> journal.strings("SELECT request_id FROM request").size() == 20);
    assertThat(cluster.process("one").stop())
        .hasValueSatisfying(status -> assertThat(status).isIn(0, 143));
    for (SdkClient.Running client : clients) {
      SdkClient ended = client.await();
      assertThat(ended.exit()).as(ended.output()).isZero();
      assertThat(ended.events("done")).hasSize(5);
    }
  }

  /** Its only server dies and comes back, and the proof that was being made is not begun anew. */
  @Test
  void keepsAFulfillerAtItsProofWhileItsOnlyServerIsStartedAgain() throws Exception {
    cluster = new TestCluster(data.resolve("small"), "one");
    journal.close();
    journal = new JournalGate(cluster.database());
    cluster.server("one");
    cluster.fulfiller("a");
    try (WireClient client = client("one")) {
      client.register(fibonacci);
      ByteString id = request(client, 6 * LONG);
      await("the proof is being made")
          .atMost(Duration.ofMinutes(1))
          .until(() -> cluster.process("a").log().contains(": executing"));
      cluster.process("one").kill();
      cluster.server("one");
      cluster.process("a").awaitLine("Lost its cluster; joining again");
      assertFulfilled(client.awaitEnd(id));
      assertThat(events(id)).containsOnlyOnce("lease-granted:1");
    }
  }

  /** A server that leaves in order leaves its fulfillers behind as well. */
  @Test
  void takesAFulfillerBackWhoseOnlyServerWasStopped() throws Exception {
    cluster = new TestCluster(data.resolve("small"), "one");
    journal.close();
    journal = new JournalGate(cluster.database());
    cluster.server("one");
    ProvingProcess fulfiller = cluster.fulfiller("a");
    assertThat(cluster.process("one").stop()).isPresent();
    fulfiller.awaitLine("Lost its cluster; joining again");
    cluster.server("one");
    try (WireClient client = client("one")) {
      client.register(fibonacci);
      assertFulfilled(client.awaitEnd(request(client, 10)));
    }
    assertThat(fulfiller.handle().isAlive()).isTrue();
  }

  @Test
  void takesAPauseOfAFewSecondsForNoDeath() throws Exception {
    startAll();
    try (WireClient client = client("one")) {
      ByteString id = request(client, LONG);
      await("it is being worked on").until(() -> events(id).contains("lease-granted:1"));
      await("its fulfiller says so").ignoreExceptions().until(() -> !holder(id).isEmpty());
      ProvingProcess fulfiller = cluster.process(holder(id));
      cluster.process("two").pause();
      fulfiller.pause();
      Instant paused = Instant.now();
      await("a pause as of a collector").until(() -> paused.plusSeconds(4).isBefore(Instant.now()));
      cluster.process("two").goOn();
      fulfiller.goOn();
      awaitAll("one");
      assertFulfilled(client.awaitEnd(id));
      assertThat(events(id)).containsOnlyOnce("lease-granted:1");
      assertThat(cluster.logs()).doesNotContain("joining again");
    }
  }

  @Test
  void takesAServerBackThatStoodStillTooLong() throws Exception {
    startAll();
    try (WireClient client = client("one")) {
      cluster.process("two").pause();
      await("the others go on without it")
          .atMost(MOVED_WITHIN)
          .ignoreExceptions()
          .until(() -> cluster.members("one").path("members").size() == 3);
      assertFulfilled(client.awaitEnd(request(client, 10)));
      cluster.process("two").goOn();
      cluster.process("two").awaitLine("Lost its cluster; joining again");
      awaitAll("one");
    }
    try (WireClient client = client("two")) {
      assertFulfilled(client.awaitEnd(request(client, 11)));
    }
  }
}
