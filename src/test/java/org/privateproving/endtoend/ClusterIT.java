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
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
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
@Tag("under-fire")
class ClusterIT {
  private static final Duration MOVED_WITHIN = Duration.ofSeconds(10);
  private static final Duration ELSEWHERE_WITHIN = Duration.ofSeconds(15);
  // Several seconds of execution.
  private static final int LONG = 15_000_000;
  // Accepted, and proved by nobody here.
  private static final String UNPROVABLE = "sp1-v9.9.9";

  @TempDir private static Path data;
  private static TestCluster cluster;
  private static JournalGate journal;
  private static Guest fibonacci;

  @BeforeAll
  static void open() throws Exception {
    fibonacci = Guest.of("fibonacci");
    cluster = new TestCluster(data, "one", "two").set("circuit-versions=sp1-v6.1.0," + UNPROVABLE);
    journal = new JournalGate(cluster.database());
    cluster.start("one", "two", "a", "b");
    try (WireClient client = client("one")) {
      client.register(fibonacci);
    }
  }

  @AfterAll
  static void close() throws Exception {
    cluster.close();
    journal.close();
  }

  /** Whatever an earlier test did away with. */
  @BeforeEach
  void startAll() throws Exception {
    cluster.start("one", "two", "a", "b");
  }

  private static WireClient client(String server) {
    return new WireClient(cluster.url(server), Signer.ONE);
  }

  private ByteString request(WireClient client, int n, String version) throws Exception {
    String stdin = insistently(() -> client.uploadStdin(Encodings.stdin(Encodings.u32(n))));
    return insistently(
        () -> client.request(client.body(fibonacci.vkHash(), stdin).setVersion(version)));
  }

  /** As the SDK does: until it is neither "try again" nor a server that is not there. */
  private static <T> T insistently(Callable<T> call) {
    AtomicReference<T> answer = new AtomicReference<>();
    await("an answer")
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(100))
        .ignoreException(StatusRuntimeException.class)
        .until(
            () -> {
              answer.set(call.call());
              return true;
            });
    return answer.get();
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

  private static int requests() throws Exception {
    return journal.strings("SELECT request_id FROM request").size();
  }

  private static void assertFulfilled(GetProofRequestStatusResponse status) {
    assertThat(status.getFulfillmentStatus()).isEqualTo(FulfillmentStatus.FULFILLED);
  }

  /** Asks until there is an answer; says when there was. */
  private static Instant answeredAt(WireClient client, ByteString id) {
    await("an answer about a request")
        .atMost(Duration.ofSeconds(60))
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(100))
        .ignoreException(StatusRuntimeException.class)
        .until(() -> client.status(id).getDeadline() > 0);
    return Instant.now();
  }

  @Test
  void provesThroughEitherServer() throws Exception {
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
    String other = killed.equals("one") ? "two" : "one";
    try (WireClient client = client(other)) {
      List<ByteString> waiting = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        waiting.add(request(client, 10, UNPROVABLE));
      }
      cluster.process(killed).kill();
      Instant died = Instant.now();
      ByteString late = request(client, 12);
      List<Instant> answers = waiting.stream().map(id -> answeredAt(client, id)).toList();
      assertThat(answers).allSatisfy(at -> assertThat(at).isBefore(died.plus(MOVED_WITHIN)));
      assertFulfilled(client.awaitEnd(late));
      assertThat(times(late, "lease-granted:1").getFirst()).isBefore(died.plus(MOVED_WITHIN));
      // The dead one comes back and is one of two again.
      cluster.server(killed);
      cluster.awaitSight(other);
    }
  }

  /** Nobody asks about them: they go on by themselves. */
  @Test
  void provesWhatWaitedOnAKilledServerWithoutBeingAsked() throws Exception {
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
    SdkClient.prepare(cluster.url("one"), "fibonacci");
    int before = requests();
    List<SdkClient.Running> clients =
        IntStream.range(0, 4)
            .mapToObj(
                i ->
                    SdkClient.start(
                        cluster.url(),
                        new Fibonacci(1_000_000 + i).with("--count", "5", "--concurrent")))
            .toList();
    await("all twenty wait").atMost(Duration.ofMinutes(1)).until(() -> requests() == before + 20);
    assertThat(cluster.process("one").stop())
        .hasValueSatisfying(status -> assertThat(status).isIn(0, 143));
    for (SdkClient.Running client : clients) {
      SdkClient ended = client.await();
      assertThat(ended.exit()).as(ended.output()).isZero();
      assertThat(ended.events("done")).hasSize(5);
    }
  }

  @Test
  void takesAPauseOfAFewSecondsForNoDeath() throws Exception {
    try (WireClient client = client("one")) {
      ByteString id = request(client, LONG);
      await("it is being worked on").until(() -> events(id).contains("lease-granted:1"));
      await("its fulfiller says so").ignoreExceptions().until(() -> !holder(id).isEmpty());
      ProvingProcess fulfiller = cluster.process(holder(id));
      long losses = losses();
      cluster.process("two").pause();
      fulfiller.pause();
      Instant paused = Instant.now();
      await("a pause as of a collector").until(() -> paused.plusSeconds(4).isBefore(Instant.now()));
      cluster.process("two").goOn();
      fulfiller.goOn();
      cluster.awaitSight("one");
      assertFulfilled(client.awaitEnd(id));
      assertThat(events(id)).containsOnlyOnce("lease-granted:1");
      assertThat(losses()).isEqualTo(losses);
    }
  }

  /** How often a node has lost its cluster. */
  private static long losses() {
    return cluster.logs().lines().filter(line -> line.contains("Lost its cluster")).count();
  }

  @Test
  void takesAServerBackThatStoodStillTooLong() throws Exception {
    try (WireClient client = client("one")) {
      cluster.process("two").pause();
      await("the others go on without it")
          .atMost(MOVED_WITHIN)
          .ignoreExceptions()
          .until(() -> cluster.members("one").path("members").size() == 3);
      assertFulfilled(client.awaitEnd(request(client, 10)));
      cluster.process("two").goOn();
      cluster.process("two").awaitLine("Lost its cluster; joining again");
      cluster.awaitSight("one");
    }
    try (WireClient client = client("two")) {
      assertFulfilled(client.awaitEnd(request(client, 11)));
    }
  }
}
