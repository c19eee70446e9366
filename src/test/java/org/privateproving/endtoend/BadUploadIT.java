package org.privateproving.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.privateproving.wire.artifact.ArtifactType;
import org.privateproving.wire.network.ExecutionStatus;
import org.privateproving.wire.network.FulfillmentStatus;
import org.privateproving.wire.network.ProofRequestError;

/** Uploads that break rules, break off, or hold anything but what they should. */
@ExtendWith(AttackedServer.Provider.class)
class BadUploadIT {
  private final AttackedServer server;
  private final WireClient client;

  BadUploadIT(AttackedServer server) {
    this.server = server;
    client = server.client;
  }

  private static byte[] noise(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
  }

  @Test
  void anUploadThatIsTooLargeIsRefusedWhetherItSaysSoOrNot() throws Exception {
    byte[] body = noise(AttackedServer.MAX_UPLOAD + 1);
    WireClient.Grant grant = client.grant(ArtifactType.STDIN);
    Footprint before = Footprint.settled(server.database);

    HttpResponse<String> declared = client.put(grant.put(), BodyPublishers.ofByteArray(body));
    HttpResponse<String> undeclared =
        client.put(grant.put(), BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body)));

    for (HttpResponse<String> answer : java.util.List.of(declared, undeclared)) {
      assertThat(answer.statusCode()).isEqualTo(413);
      assertThat(answer.body())
          .contains("too large", "at most " + AttackedServer.MAX_UPLOAD + " bytes");
    }
    assertThat(Footprint.of(server.database)).isEqualTo(before);
  }

  @Test
  void theLargestUploadThatIsAllowedIsTaken() throws Exception {
    WireClient.Grant grant = client.grant(ArtifactType.STDIN);

    HttpResponse<String> answer =
        client.put(grant.put(), BodyPublishers.ofByteArray(noise(AttackedServer.MAX_UPLOAD)));

    assertThat(answer.statusCode()).isEqualTo(200);
  }

  @Test
  void anUploadThatBreaksOffLeavesNothingAndItsRepetitionWorks() throws Exception {
    byte[] stdin = Encodings.stdin(Encodings.u32(10), noise(100_000));
    WireClient.Grant grant = client.grant(ArtifactType.STDIN);
    Footprint before = Footprint.settled(server.database);

    sendAPart(grant.put(), stdin, 90_000);
    await("what had come of it to be gone")
        .untilAsserted(() -> assertThat(Footprint.of(server.database)).isEqualTo(before));
    HttpResponse<String> again = client.put(grant.put(), BodyPublishers.ofByteArray(stdin));

    assertThat(again.statusCode()).isEqualTo(200);
    ByteString id = client.request(client.body(server.fibonacci.vkHash(), grant.uri()));
    assertThat(client.awaitEnd(id).getFulfillmentStatus()).isEqualTo(FulfillmentStatus.FULFILLED);
  }

  /** Begins an upload, waits until the server has begun to store it, and cuts the connection. */
  private void sendAPart(URI url, byte[] body, int part) throws IOException {
    long attempts = Footprint.of(server.database).attempts();
    try (RawHttp upload = RawHttp.put(url, body.length)) {
      upload.write(body, 0, part);
      await("the upload to begin").until(() -> Footprint.of(server.database).attempts() > attempts);
    }
  }

  @Test
  void anUploadWithoutItsCapabilityIsUnknown() throws Exception {
    String url = client.grant(ArtifactType.STDIN).put().toString();
    Footprint before = Footprint.settled(server.database);
    String capability = url.substring(url.lastIndexOf('/') + 1);
    String forged = (capability.charAt(0) == 'A' ? "B" : "A") + capability.substring(1);

    HttpResponse<String> answer =
        client.put(
            URI.create(url.substring(0, url.lastIndexOf('/') + 1) + forged),
            BodyPublishers.ofByteArray(noise(100)));

    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(answer.body()).contains("no such upload", "ask for another with CreateArtifact");
    assertThat(Footprint.of(server.database)).isEqualTo(before);
  }

  @Test
  void anInputThatIsInUseCannotBeReplaced() throws Exception {
    WireClient.Grant grant = client.grant(ArtifactType.STDIN);
    byte[] stdin = Encodings.stdin(Encodings.u32(10));
    client.put(grant.put(), BodyPublishers.ofByteArray(stdin));
    ByteString id = client.request(client.body(server.fibonacci.vkHash(), grant.uri()));

    int whileInUse = client.put(grant.put(), BodyPublishers.ofByteArray(stdin)).statusCode();
    client.awaitEnd(id);
    Footprint ended = Footprint.settled(server.database);
    HttpResponse<String> after = client.put(grant.put(), BodyPublishers.ofByteArray(stdin));

    // 404 if it had ended by then.
    assertThat(whileInUse).isIn(409, 404);
    assertThat(after.statusCode()).isEqualTo(404);
    assertThat(Footprint.of(server.database)).isEqualTo(ended);
  }

  @Test
  void aStdinOfGarbageIsUnexecutableAndLeavesNoInput() throws Exception {
    byte[][] garbage = {
      noise(1000),
      new byte[0],
      // Says that there are 2^62 items.
      Encodings.u64(1L << 62),
      // Ends in the middle of an item.
      Encodings.concat(Encodings.u64(1), Encodings.u64(1000)),
      // Of zstd only the name.
      Encodings.concat(new byte[] {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd}, noise(500)),
      // An item that unfolds into more than it looks.
      Encodings.zstd(Encodings.concat(Encodings.u64(1), Encodings.u64(-1)))
    };
    for (byte[] stdin : garbage) {
      Footprint before = Footprint.settled(server.database);

      ByteString id =
          client.request(client.body(server.fibonacci.vkHash(), client.uploadStdin(stdin)));
      var end = client.awaitEnd(id);

      assertThat(end.getExecutionStatus()).isEqualTo(ExecutionStatus.UNEXECUTABLE);
      assertThat(end.getFulfillmentStatus()).isEqualTo(FulfillmentStatus.UNFULFILLABLE);
      assertThat(client.baseTail(id).getError()).isEqualTo(ProofRequestError.EXECUTION_FAILURE);
      assertThat(Footprint.settled(server.database).ofInputs()).isEqualTo(before.ofInputs());
    }
  }

  @Test
  void theRequestsOfAnOlderSdkAndLimitsWithoutEndAreTaken() throws Exception {
    // Plain bincode, no word about privacy, limits of 2^64-1.
    var body =
        client.body(
            server.fibonacci.vkHash(),
            client.upload(ArtifactType.STDIN, Encodings.stdin(Encodings.u32(20))));
    assertThat(body.getUnknownFields().asMap()).isEmpty();

    var end = client.awaitEnd(client.request(body));

    assertThat(end.getFulfillmentStatus()).isEqualTo(FulfillmentStatus.FULFILLED);
    // Core proofs begin with their kind, 0.
    assertThat(client.get(URI.create(end.getProofUri()))).startsWith(0, 0, 0, 0);
  }
}
