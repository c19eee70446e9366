package org.privateproving.endtoend;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.grpc.Status;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.privateproving.database.DatabaseSettings;
import org.privateproving.gateway.Signer;
import org.privateproving.wire.artifact.ArtifactType;
import org.privateproving.wire.network.FulfillmentStatus;
import org.privateproving.wire.network.GetFilteredProofRequestsRequest;
import org.privateproving.wire.network.GetFilteredProofRequestsResponse;
import org.privateproving.wire.network.GetProofRequestStatusResponse;
import org.privateproving.wire.network.RequestProofRequestBody;

/**
 * Uses a server in every way there is, and keeps what it is told; also learns which URLs must not
 * be seen.
 */
final class MarkedTraffic {
  // With the status of each: an answer that only says 404 would prove little.
  private static final Map<String, Integer> MANAGEMENT =
      Map.of(
          "cluster/members", 200,
          "cluster/shards/ProofRequest", 200,
          "alive", 200,
          "ready", 200,
          "", 404,
          "metrics", 404);

  private final WireClient client;
  private final BiFunction<ByteString, String, RequestProofRequestBody.Builder> bodies;
  private final Secrets secrets;
  private final Secrets proofUrls;
  private final List<String> answers = new ArrayList<>();
  private int requests;

  /**
   * In the auction's schema, whose details also hold a trace of the error.
   *
   * @param secrets where the capabilities of uploads are added
   * @param proofUrls where those of proofs are
   */
  MarkedTraffic(WireClient client, Secrets secrets, Secrets proofUrls) {
    this(client, client::auctionBody, secrets, proofUrls);
  }

  /**
   * @param bodies of requests, by program and stdin
   */
  MarkedTraffic(
      WireClient client,
      BiFunction<ByteString, String, RequestProofRequestBody.Builder> bodies,
      Secrets secrets,
      Secrets proofUrls) {
    this.client = client;
    this.bodies = bodies;
    this.secrets = secrets;
    this.proofUrls = proofUrls;
  }

  /** All that was told, but for the URLs of proofs. */
  String answers() {
    return String.join("\n", answers);
  }

  /** Returns the proof. */
  byte[] fulfilled(Guest guest, byte[] stdin) throws Exception {
    var end = end(guest, stdin);
    assertThat(end.getFulfillmentStatus()).isEqualTo(FulfillmentStatus.FULFILLED);
    String url = end.getProofUri();
    // Ours is the last part of the path, the network's is its query.
    proofUrls.add(
        "the capability of a proof",
        url.substring(Math.max(url.lastIndexOf('/'), url.lastIndexOf('=')) + 1));
    RawHttp.send(URI.create(url), "GET " + URI.create(url).getPath() + " HTTP/1.1\r\n\r\n").close();
    return client.get(URI.create(url));
  }

  GetProofRequestStatusResponse end(Guest guest, byte[] stdin) throws Exception {
    ByteString id = client.request(bodies.apply(guest.vkHash(), upload(stdin)));
    requests++;
    var end = client.awaitEnd(id);
    answer(end.toBuilder().clearProofUri().build());
    // Of the other schema's fields it has the bytes as well.
    answer(client.auctionTail(id));
    return end;
  }

  private String upload(byte[] stdin) throws Exception {
    WireClient.Grant grant = grant();
    HttpResponse<String> stored = client.put(grant.put(), BodyPublishers.ofByteArray(stdin));
    assertThat(stored.statusCode()).isEqualTo(200);
    answer(stored);
    return grant.uri();
  }

  private WireClient.Grant grant() {
    WireClient.Grant grant = client.grant(ArtifactType.PRIVATE_STDIN);
    String path = grant.put().getPath();
    secrets.add("the capability of an upload", path.substring(path.lastIndexOf('/') + 1));
    answers.add(grant.uri());
    return grant;
  }

  void refused(Guest guest, byte[] stdin) throws Exception {
    RequestProofRequestBody.Builder body = bodies.apply(guest.vkHash(), upload(stdin)).setNonce(0);
    Throwable refusal = catchThrowable(() -> client.request(body));
    assertThat(Status.fromThrowable(refusal).getCode()).isEqualTo(Status.Code.ABORTED);
    answers.add(refusal.toString());
  }

  void brokenOff(DatabaseSettings database, String marker) throws IOException {
    long attempts = Footprint.settled(database).attempts();
    byte[] body = marker.repeat(10_000).getBytes(UTF_8);
    try (RawHttp upload = RawHttp.put(grant().put(), body.length)) {
      upload.write(body, 0, body.length / 2);
      await().until(() -> Footprint.of(database).attempts() > attempts);
    }
    await().until(() -> Footprint.of(database).attempts() == attempts);
  }

  void notEvenHttp() throws IOException {
    URI url = grant().put();
    for (String rest :
        List.of(" HTTP/9.9\r\n\r\n", " HTTP/1.1\r\nContent-Length: x\r\n\r\n", "\0\r\n\r\n")) {
      try (RawHttp http = RawHttp.send(url, "PUT " + url.getPath() + rest)) {
        String answer = http.answer();
        assertThat(answer).matches("(?s)HTTP/1\\.1 (400|505) .*");
        answers.add(answer);
      }
    }
  }

  void operatorsLookIn(URI management) throws Exception {
    var listing =
        GetFilteredProofRequestsRequest.newBuilder()
            .setRequester(ByteString.copyFrom(Signer.ONE.address().bytes()))
            .setLimit(100)
            .build();
    var listed =
        client.call(
            "GetFilteredProofRequests",
            listing,
            GetFilteredProofRequestsResponse.getDefaultInstance());
    assertThat(listed.getRequestsCount()).isEqualTo(requests);
    answer(listed);
    for (var expected : MANAGEMENT.entrySet()) {
      look(management.resolve(expected.getKey()), expected.getValue());
    }
    look(URI.create(client.url() + "/health/ready"), 200);
  }

  private void look(URI url, int status) throws Exception {
    HttpResponse<String> seen = client.getAny(url);
    assertThat(seen.statusCode()).as(url.getPath()).isEqualTo(status);
    answer(seen);
  }

  private void answer(HttpResponse<String> answer) {
    answers.add(answer.statusCode() + " " + answer.headers().map() + " " + answer.body());
  }

  private void answer(Message message) {
    answers.add(new String(message.toByteArray(), ISO_8859_1));
  }
}
