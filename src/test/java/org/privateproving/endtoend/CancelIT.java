package org.privateproving.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.privateproving.database.DatabaseSettings;
import org.privateproving.database.TestPostgres;
import org.privateproving.gateway.Signer;
import org.privateproving.wire.network.FulfillmentStatus;
import org.privateproving.wire.network.ProofRequestError;

/** A requester gives a request up: it ends at once, and leaves nothing behind. */
class CancelIT {
  /** Executes for many seconds, so that it is still at it when it is canceled. */
  private static final int LONG = 100_000_000;

  @TempDir static Path data;
  private static final DatabaseSettings database = TestPostgres.freshDatabase();
  private static ProvingProcess server;
  private static JournalGate journal;
  private static WireClient client;
  private static Guest fibonacci;

  @BeforeAll
  static void start() throws Exception {
    journal = new JournalGate(database);
    server = ProvingProcess.in(data).database(database).start();
    client = new WireClient(server.url(), Signer.ONE);
    fibonacci = Guest.of("fibonacci");
    client.register(fibonacci);
  }

  @AfterAll
  static void stop() throws SQLException {
    client.close();
    server.close();
    journal.close();
  }

  @Test
  void shouldEndAQueuedAndARunningRequestEraseTheirInputsAndFreeTheFulfiller() throws Exception {
    Footprint before = Footprint.settled(database).ofInputs();
    ByteString running = request(LONG);
    awaitEvent(running, "lease-granted:1");
    // There is one fulfiller, and it is busy.
    ByteString queued = request(10);

    client.cancel(queued);
    assertCanceled(queued);
    assertThat(events(queued)).containsExactly("accepted:1", "failed:1", "inputs-erased:1");
    assertThat(client.details(running).getFulfillmentStatus())
        .isEqualTo(FulfillmentStatus.ASSIGNED);

    client.cancel(running);
    assertCanceled(running);
    assertThat(events(running))
        .containsExactly("accepted:1", "lease-granted:1", "failed:1", "inputs-erased:1");
    assertThat(Footprint.settled(database).ofInputs()).isEqualTo(before);

    ByteString next = request(10);
    assertThat(client.awaitEnd(next).getFulfillmentStatus()).isEqualTo(FulfillmentStatus.FULFILLED);
    // What the fulfiller made of it when it was no longer wanted is nobody's.
    assertThat(events(running)).endsWith("failed:1", "inputs-erased:1");
    assertCanceled(running);
  }

  @Test
  void shouldNotLetAnybodyElseCancel() throws Exception {
    ByteString id = request(10);
    try (var other = new WireClient(server.url(), Signer.THREE)) {
      Throwable refusal = catchThrowable(() -> other.cancel(id));
      assertThat(Status.fromThrowable(refusal).getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    }
    assertThat(client.awaitEnd(id).getFulfillmentStatus()).isEqualTo(FulfillmentStatus.FULFILLED);
    // Too late, even for its requester.
    client.cancel(id);
    assertThat(client.status(id).getFulfillmentStatus()).isEqualTo(FulfillmentStatus.FULFILLED);
  }

  private static ByteString request(int n) throws Exception {
    String stdin = client.uploadStdin(Encodings.stdin(Encodings.u32(n)));
    return client.request(client.auctionBody(fibonacci.vkHash(), stdin));
  }

  private static void assertCanceled(ByteString id) throws Exception {
    // The very next poll says so: there is nothing to wait for.
    assertThat(client.status(id).getFulfillmentStatus()).isEqualTo(FulfillmentStatus.UNFULFILLABLE);
    var tail = client.auctionTail(id);
    assertThat(tail.getIsCanceled()).isTrue();
    assertThat(tail.getError()).isEqualTo(ProofRequestError.UNSPECIFIED_PROOF_REQUEST_FAILURE);
    assertThat(tail.getErrorTrace().toStringUtf8()).contains("CANCELED");
    awaitEvent(id, "inputs-erased:1");
  }

  private static void awaitEvent(ByteString id, String manifest) {
    await(manifest + " in the journal")
        .atMost(Duration.ofMinutes(1))
        .until(() -> events(id).contains(manifest));
  }

  private static List<String> events(ByteString id) throws SQLException {
    return journal.events(HexFormat.of().formatHex(id.toByteArray()));
  }
}
