package org.privateproving.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.Done;
import org.apache.pekko.stream.javadsl.Source;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.privateproving.artifact.ArtifactId;
import org.privateproving.artifact.ArtifactStore.Download;
import org.privateproving.domain.CircuitVersion;
import org.privateproving.domain.RequestId;
import org.privateproving.domain.Schema;
import org.privateproving.domain.VkHash;
import org.privateproving.request.Order;
import org.privateproving.request.State;
import org.privateproving.sp1.ProofMode;
import org.privateproving.wire.artifact.ArtifactType;
import org.privateproving.wire.artifact.CreateArtifactResponse;
import org.privateproving.wire.network.GetNonceRequest;
import org.privateproving.wire.network.GetNonceResponse;
import org.privateproving.wire.network.GetProofRequestStatusRequest;
import org.privateproving.wire.network.GetProofRequestStatusResponse;

/** What clients see of a server that gets SIGTERM. */
@Timeout(60)
class StoppingTest {
  private static final RequestId ID = RequestId.of(new byte[32]);
  private static final GetProofRequestStatusRequest POLL =
      GetProofRequestStatusRequest.newBuilder()
          .setRequestId(ByteString.copyFrom(ID.bytes()))
          .build();
  private static final GetNonceRequest NONCE =
      GetNonceRequest.newBuilder()
          .setAddress(ByteString.copyFrom(Signer.ONE.address().bytes()))
          .build();

  private RunningGateway gateway;

  @BeforeEach
  void start() throws Exception {
    gateway = RunningGateway.start("");
    gateway.requests.states.put(ID, new State.Queued(RecordingRequests.facts(order())));
  }

  @AfterEach
  void stop() throws Exception {
    gateway.close();
  }

  @Test
  void aHeldPollIsAnsweredAtOnce() throws Exception {
    gateway.requests.holding = true;
    CompletableFuture<GetProofRequestStatusResponse> poll =
        gateway.callLater(
            "GetProofRequestStatus", POLL, GetProofRequestStatusResponse.getDefaultInstance());
    assertThat(gateway.requests.polled.await(10, TimeUnit.SECONDS)).as(poll.toString()).isTrue();

    CompletionStage<Done> stopped = gateway.stop();

    assertThat(poll.get(5, TimeUnit.SECONDS).getDeadline()).isEqualTo(1_900_000_000);
    stopped.toCompletableFuture().get(5, TimeUnit.SECONDS);
  }

  @Test
  void aCallInFlightIsAnsweredAfterTheGoawayAndBeforeAnOrderlyClose() throws Exception {
    CompletableFuture<Long> answer = new CompletableFuture<>();
    CountDownLatch arrived = new CountDownLatch(1);
    gateway.network.nonces =
        () -> {
          arrived.countDown();
          return answer;
        };
    try (RawHttp2 connection = new RawHttp2(gateway.port)) {
      connection.call(1, "/network.ProverNetwork/GetNonce", NONCE);
      assertThat(arrived.await(10, TimeUnit.SECONDS)).isTrue();

      CompletionStage<Done> stopped = gateway.stop();

      RawHttp2.Frame goaway = connection.next(RawHttp2.GOAWAY);
      assertThat(goaway.errorCode()).isZero();

      // A call that crosses the GOAWAY is refused in the way that every client tries again: once
      // for
      // its headers, once for its message. (Both are awaited since a socket that is closed with
      // bytes unread is reset, and this test wants to see it closed in order.)
      connection.call(3, "/network.ProverNetwork/GetNonce", NONCE);
      for (int frame = 0; frame < 2; frame++) {
        RawHttp2.Frame refused = connection.next(RawHttp2.RST_STREAM);
        assertThat(refused.stream()).isEqualTo(3);
        assertThat(refused.errorCode()).as("REFUSED_STREAM").isEqualTo(7);
      }

      answer.complete(5L);
      List<RawHttp2.Frame> rest = connection.rest();
      assertThat(rest).anyMatch(f -> f.type() == RawHttp2.DATA && f.stream() == 1);
      assertThat(rest).anyMatch(f -> f.endsStream() && f.stream() == 1);
      stopped.toCompletableFuture().get(5, TimeUnit.SECONDS);
    }
  }

  @Test
  void anIdleConnectionIsEndedInOrder() throws Exception {
    try (RawHttp2 connection = new RawHttp2(gateway.port)) {
      connection.call(1, "/network.ProverNetwork/GetNonce", NONCE);
      RawHttp2.Frame frame;
      do {
        frame = connection.next(RawHttp2.DATA, RawHttp2.HEADERS);
      } while (!frame.endsStream());

      CompletionStage<Done> stopped = gateway.stop();

      assertThat(connection.rest())
          .anyMatch(f -> f.type() == RawHttp2.GOAWAY && f.errorCode() == 0);
      stopped.toCompletableFuture().get(5, TimeUnit.SECONDS);
    }
  }

  @Test
  void aDownloadIsFinished() throws Exception {
    byte[] proof = new byte[4 * 1024 * 1024];
    Arrays.fill(proof, (byte) 9);
    CompletableFuture<org.apache.pekko.util.ByteString> secondHalf = new CompletableFuture<>();
    var half = org.apache.pekko.util.ByteString.fromArray(proof, 0, proof.length / 2);
    ArtifactId id = new ArtifactId(UUID.randomUUID());
    gateway.artifacts.proofs.put(
        id,
        new Download(proof.length, Source.single(half).concat(Source.completionStage(secondHalf))));
    try (Socket socket = new Socket("127.0.0.1", gateway.port)) {
      socket.setSoTimeout(10_000);
      send(socket, "GET " + gateway.artifacts.proofPath(id) + " HTTP/1.1\r\nHost: x\r\n\r\n");
      InputStream in = socket.getInputStream();
      byte[] first = in.readNBytes(proof.length / 2);

      CompletionStage<Done> stopped = gateway.stop();
      awaitNoMoreConnections();
      secondHalf.complete(half);

      byte[] rest = in.readAllBytes();
      String head = new String(first, 0, 1000, StandardCharsets.ISO_8859_1);
      assertThat(head).startsWith("HTTP/1.1 200 OK");
      assertThat(first.length + rest.length).isEqualTo(head.indexOf("\r\n\r\n") + 4 + proof.length);
      stopped.toCompletableFuture().get(5, TimeUnit.SECONDS);
    }
  }

  @Test
  void anUploadIsFinishedAndAnswered() throws Exception {
    CreateArtifactResponse grant =
        gateway.call(
            "artifact.ArtifactStore/CreateArtifact",
            Signer.ONE.createArtifact(ArtifactType.STDIN),
            CreateArtifactResponse.getDefaultInstance());
    String path = grant.getArtifactPresignedUrl().substring(gateway.url().length());
    try (Socket socket = new Socket("127.0.0.1", gateway.port)) {
      socket.setSoTimeout(10_000);
      send(
          socket,
          "PUT "
              + path
              + " HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\nExpect: 100-continue\r\n\r\n");
      // The server says so when the upload has reached the store.
      assertThat(headers(socket)).startsWith("HTTP/1.1 100 Continue");
      send(socket, "01234");

      CompletionStage<Done> stopped = gateway.stop();
      awaitNoMoreConnections();
      send(socket, "56789");

      assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .startsWith("HTTP/1.1 200 OK")
          .contains("Connection: close")
          .endsWith("stored\n");
      stopped.toCompletableFuture().get(5, TimeUnit.SECONDS);
    }
  }

  @Test
  void whileItStopsOpenConnectionsAreServedAndItSaysThatItIsNotReady() throws Exception {
    ArtifactId id = new ArtifactId(UUID.randomUUID());
    CompletableFuture<org.apache.pekko.util.ByteString> proof = new CompletableFuture<>();
    gateway.artifacts.proofs.put(id, new Download(1, Source.completionStage(proof)));
    gateway.requests.holding = true;
    GetNonceResponse example = GetNonceResponse.getDefaultInstance();
    gateway.call("GetNonce", NONCE, example);
    try (Socket socket = new Socket("127.0.0.1", gateway.port)) {
      socket.setSoTimeout(10_000);
      send(socket, "GET " + gateway.artifacts.proofPath(id) + " HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(socket.getInputStream().read()).isEqualTo('H');

      CompletionStage<Done> stopped = gateway.stop();
      awaitNoMoreConnections();

      // Over the connection that was open before, and not held.
      assertThat(
              gateway
                  .call(
                      "GetProofRequestStatus",
                      POLL,
                      GetProofRequestStatusResponse.getDefaultInstance())
                  .getDeadline())
          .isEqualTo(1_900_000_000);
      proof.complete(org.apache.pekko.util.ByteString.fromString("x"));
      assertThat(socket.getInputStream().readAllBytes()).endsWith('x');
      stopped.toCompletableFuture().get(5, TimeUnit.SECONDS);
    }
  }

  private void awaitNoMoreConnections() {
    Awaitility.await("the port is unbound")
        .atMost(5, TimeUnit.SECONDS)
        .untilAsserted(
            () ->
                assertThatThrownBy(() -> new Socket("127.0.0.1", gateway.port).close())
                    .isInstanceOf(ConnectException.class));
  }

  private static String headers(Socket socket) throws Exception {
    StringBuilder headers = new StringBuilder();
    while (headers.indexOf("\r\n\r\n") < 0) {
      headers.append((char) socket.getInputStream().read());
    }
    return headers.toString();
  }

  private static void send(Socket socket, String text) throws Exception {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().flush();
  }

  private static Order order() {
    return new Order(
        Signer.ONE.address(),
        new Order.Terms(
            Schema.BASE,
            VkHash.of(new byte[32]),
            new CircuitVersion("sp1-v6.1.0"),
            ProofMode.CORE,
            1,
            "stdin",
            new ArtifactId(new UUID(0, 1)),
            Instant.ofEpochSecond(1_900_000_000),
            1,
            1,
            Optional.empty(),
            false,
            0,
            List.of(),
            Optional.empty()),
        "program",
        new ArtifactId(new UUID(0, 2)));
  }
}
