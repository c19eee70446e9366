package org.privateproving.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.privateproving.gateway.Signer;
import org.privateproving.wire.network.FulfillmentStatus;
import org.privateproving.wire.network.GetProofRequestStatusResponse;

/** A fulfiller whose only server goes away and comes back; nobody touches the fulfiller. */
@Tag("under-fire")
class LoneServerIT {
  // Half a minute of execution and more.
  private static final int LONG = 40_000_000;

  @TempDir private Path data;
  private TestCluster cluster;
  private Guest fibonacci;

  @BeforeEach
  void start() throws Exception {
    fibonacci = Guest.of("fibonacci");
    cluster = new TestCluster(data, "one").set("log-level=debug");
    cluster.start("one", "a");
    try (WireClient client = new WireClient(cluster.url("one"), Signer.ONE)) {
      client.register(fibonacci);
    }
  }

  @AfterEach
  void stop() throws Exception {
    cluster.close();
  }

  private ByteString request(WireClient client, int n) throws Exception {
    String stdin = client.uploadStdin(Encodings.stdin(Encodings.u32(n)));
    return client.request(client.body(fibonacci.vkHash(), stdin));
  }

  private static void assertFulfilled(GetProofRequestStatusResponse status) {
    assertThat(status.getFulfillmentStatus()).isEqualTo(FulfillmentStatus.FULFILLED);
  }

  /** Its only server dies and comes back, and the proof that was being made is not begun anew. */
  @Test
  void keepsAFulfillerAtItsProofWhileItsOnlyServerIsStartedAgain() throws Exception {
    try (WireClient client = new WireClient(cluster.url("one"), Signer.ONE)) {
      ByteString id = request(client, LONG);
      await("the proof is being made")
          .atMost(Duration.ofMinutes(1))
          .until(() -> cluster.process("a").log().contains("begins executing"));
      cluster.process("one").kill();
      cluster.server("one");
      cluster.process("a").awaitLine("Lost its cluster; joining again");
      assertFulfilled(client.awaitEnd(id));
      assertThat(cluster.process("a").log()).containsOnlyOnce("begins executing");
      try (JournalGate journal = new JournalGate(cluster.database())) {
        assertThat(journal.events(HexFormat.of().formatHex(id.toByteArray())))
            .containsOnlyOnce("lease-granted:1");
      }
    }
  }

  /** A server that leaves in order leaves its fulfillers behind as well. */
  @Test
  void takesAFulfillerBackWhoseOnlyServerWasStopped() throws Exception {
    ProvingProcess fulfiller = cluster.process("a");
    assertThat(cluster.process("one").stop()).isPresent();
    fulfiller.awaitLine("Lost its cluster; joining again");
    cluster.server("one");
    try (WireClient client = new WireClient(cluster.url("one"), Signer.ONE)) {
      assertFulfilled(client.awaitEnd(request(client, 10)));
    }
    assertThat(fulfiller.handle().isAlive()).isTrue();
  }
}
