package org.privateproving.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.grpc.StatusRuntimeException;
import java.net.ConnectException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.privateproving.database.DatabaseSettings;
import org.privateproving.database.TestPostgres;
import org.privateproving.gateway.Signer;
import org.privateproving.wire.artifact.ArtifactType;
import org.privateproving.wire.network.FulfillmentStatus;
import org.privateproving.wire.network.GetProofRequestStatusResponse;

/** A server that stops, in order or not, takes nothing away from its clients. */
class StopIT {
  // Several seconds of execution.
  private static final int LONG = 60_000_000;
  private static final Duration HOLD = Duration.ofSeconds(10);

  @TempDir private Path data;

  @Test
  void whatIsUnderWayIsAnsweredAndWhatWasBeingProvedIsProvedByTheNextProcess() throws Exception {
    DatabaseSettings database = TestPostgres.freshDatabase();
    Guest fibonacci = Guest.of("fibonacci");
    byte[] stdin = Encodings.stdin(Encodings.u32(10), new byte[200_000]);
    ProvingProcess.Builder builder =
        ProvingProcess.in(data).database(database).set("gateway.hold=" + HOLD.toSeconds() + "s");
    ByteString under;
    WireClient.Grant grant;
    int port;
    try (ProvingProcess process = builder.start();
        var client = new WireClient(process.url(), Signer.ONE);
        var busy = new WireClient(process.url(), Signer.THREE)) {
      port = process.port();
      client.register(fibonacci);
      // From its duration the server will expect the next one's end soon, and hold its polls.
      client.awaitEnd(request(client, fibonacci, 10));
      ByteString id = request(client, fibonacci, LONG);
      under = id;
      await().until(() -> client.details(id).getFulfillmentStatus() == FulfillmentStatus.ASSIGNED);
      grant = client.grant(ArtifactType.STDIN);
      long attempts = Footprint.of(database).attempts();
      long asked = System.nanoTime();
      List<CompletableFuture<GetProofRequestStatusResponse>> held =
          Stream.generate(() -> client.statusLater(id)).limit(3).toList();
      try (RawHttp upload = RawHttp.put(grant.put(), stdin.length)) {
        upload.write(stdin, 0, stdin.length / 2);
        await().until(() -> Footprint.of(database).attempts() > attempts);
        // Whoever asks later, and is not held, is answered: the polls would have been.
        for (int later = 0; later < 20; later++) {
          client.details(id);
        }
        assertThat(held).noneMatch(CompletableFuture::isDone);
        OtherCalls others = new OtherCalls(process.handle(), busy, id);
        await().until(() -> others.answered() > 0);

        process.handle().destroy();
        process.awaitLine("Stopping: waiting for 1 transfers");
        for (CompletableFuture<GetProofRequestStatusResponse> poll : held) {
          // Before its time was over: it was the stop that answered it.
          long left = HOLD.toNanos() - (System.nanoTime() - asked);
          assertThat(poll.get(left, TimeUnit.NANOSECONDS).getFulfillmentStatus())
              .isEqualTo(FulfillmentStatus.ASSIGNED);
        }
        upload.write(stdin, stdin.length / 2, stdin.length);

        assertThat(upload.answer()).startsWith("HTTP/1.1 200 ");
        assertThat(process.stop()).hasValueSatisfying(status -> assertThat(status).isIn(0, 143));
        assertThat(others.failures()).isNotEmpty().allSatisfy(StopIT::isAProperEnd);
      }
    }
    try (ProvingProcess process = builder.port(port).start();
        var client = new WireClient(process.url(), Signer.ONE)) {
      assertThat(client.awaitEnd(under).getFulfillmentStatus())
          .isEqualTo(FulfillmentStatus.FULFILLED);
      // What was uploaded while it stopped.
      ByteString next = client.request(client.body(fibonacci.vkHash(), grant.uri()));
      assertThat(client.awaitEnd(next).getFulfillmentStatus())
          .isEqualTo(FulfillmentStatus.FULFILLED);
    }
  }

  private static ByteString request(WireClient client, Guest guest, int n) throws Exception {
    String stdin = client.uploadStdin(Encodings.stdin(Encodings.u32(n)));
    return client.request(client.body(guest.vkHash(), stdin));
  }

  /** Calls until the process is gone, and has been called once more. */
  private static final class OtherCalls {
    private final AtomicInteger answered = new AtomicInteger();
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final CompletableFuture<Void> ended;

    OtherCalls(ProcessHandle process, WireClient client, ByteString id) {
      ended =
          CompletableFuture.runAsync(
              () -> {
                boolean alive;
                do {
                  alive = process.isAlive();
                  call(client, id);
                } while (alive);
              },
              Thread::startVirtualThread);
    }

    private void call(WireClient client, ByteString id) {
      try {
        client.nonce();
        client.status(id);
        answered.incrementAndGet();
      } catch (StatusRuntimeException e) {
        failures.add(e);
      }
    }

    int answered() {
      return answered.get();
    }

    /** How calls failed, once the process is gone. */
    Queue<Throwable> failures() throws Exception {
      ended.get(1, TimeUnit.MINUTES);
      return failures;
    }
  }

  /** Not cut: the server said no, or there was none any more to connect to. */
  private static void isAProperEnd(Throwable failure) {
    assertThat(failure)
        .hasMessageStartingWith("UNAVAILABLE")
        .hasRootCauseInstanceOf(ConnectException.class);
  }

  @Test
  void theEmbeddedDatabaseOfAKilledProcessIsTakenOverWithAllItHolds() throws Exception {
    Guest fibonacci = Guest.of("fibonacci");
    ByteString id;
    byte[] proof;
    int port;
    try (ProvingProcess process = ProvingProcess.in(data).start();
        var client = new WireClient(process.url(), Signer.ONE)) {
      port = process.port();
      client.register(fibonacci);
      id = request(client, fibonacci, 10);
      proof = client.get(URI.create(client.awaitEnd(id).getProofUri()));
      process.kill();
    }
    try (ProvingProcess process = ProvingProcess.in(data).port(port).start();
        var client = new WireClient(process.url(), Signer.ONE)) {
      assertThat(process.log()).contains("PostgreSQL that an earlier process left running");
      GetProofRequestStatusResponse status = client.status(id);
      assertThat(status.getFulfillmentStatus()).isEqualTo(FulfillmentStatus.FULFILLED);
      assertThat(client.get(URI.create(status.getProofUri()))).isEqualTo(proof);
      // Its program is still registered.
      assertThat(client.awaitEnd(request(client, fibonacci, 11)).getFulfillmentStatus())
          .isEqualTo(FulfillmentStatus.FULFILLED);
      assertThat(process.stop()).hasValueSatisfying(exit -> assertThat(exit).isIn(0, 143));
    }
  }
}
