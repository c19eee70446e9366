package org.privateproving.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.Status.Code;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.privateproving.gateway.Signer;
import org.privateproving.wire.artifact.ArtifactType;
import org.privateproving.wire.artifact.CreateArtifactResponse;
import org.privateproving.wire.network.FulfillmentStatus;
import org.privateproving.wire.network.MessageFormat;
import org.privateproving.wire.network.RequestProofRequestBody;
import org.privateproving.wire.network.SignedRequest;

/** Calls that are signed by nobody, by the wrong one, or once too often. */
@ExtendWith(AttackedServer.Provider.class)
class BadSignatureIT {
  private final AttackedServer server;
  private final WireClient client;

  BadSignatureIT(AttackedServer server) {
    this.server = server;
    client = server.client;
  }

  private RequestProofRequestBody.Builder goodBody() throws Exception {
    return client.body(server.fibonacci.vkHash(), server.stdin());
  }

  private static byte[] signatureOf(SignedRequest signed) {
    return signed.getSignature().toByteArray();
  }

  private static SignedRequest with(SignedRequest signed, byte[] signature) {
    return signed.toBuilder().setSignature(ByteString.copyFrom(signature)).build();
  }

  @Test
  void aSignatureThatIsNoneIsRefused() throws Exception {
    SignedRequest good = client.sign(goodBody());

    server
        .refuses(Code.UNAUTHENTICATED, () -> client.request(with(good, new byte[64])))
        .contains("64 bytes", "expected: 65");
    server
        .refuses(Code.UNAUTHENTICATED, () -> client.request(with(good, new byte[65])))
        .contains("expected: 27 or 28");
    byte[] ofNobody = new byte[65];
    ofNobody[64] = 27;
    server
        .refuses(Code.UNAUTHENTICATED, () -> client.request(with(good, ofNobody)))
        .contains("no key");
    byte[] upper = signatureOf(good);
    Arrays.fill(upper, 32, 48, (byte) 0xff);
    server
        .refuses(Code.UNAUTHENTICATED, () -> client.request(with(good, upper)))
        .contains("upper half", "expected: the lower");
  }

  @Test
  void aBodyThatWasChangedAfterItWasSignedIsNobodysWeKnow() throws Exception {
    RequestProofRequestBody.Builder body = goodBody();
    SignedRequest changed =
        client.sign(body).toBuilder().setBody(body.setCycleLimit(7).build().toByteString()).build();

    server
        .refuses(Code.PERMISSION_DENIED, () -> client.request(changed))
        .contains("may not use this service", "allowed-requesters");
  }

  @Test
  void aMessageInJsonIsRefused() throws Exception {
    SignedRequest json = client.sign(goodBody()).toBuilder().setFormat(MessageFormat.JSON).build();

    server.refuses(Code.INVALID_ARGUMENT, () -> client.request(json)).contains("expected: 1");
  }

  @Test
  void whoIsNotOnTheListMayNeitherUploadNorRegisterNorRequest() throws Exception {
    String address = Signer.of(5).address().toString();
    RequestProofRequestBody.Builder body =
        server.outsider.body(server.fibonacci.vkHash(), server.stdin());
    var program =
        server.outsider.programBody(
            server.someVkHash(0x31), client.grant(ArtifactType.PROGRAM).uri());

    server
        .refuses(Code.PERMISSION_DENIED, () -> server.outsider.grant(ArtifactType.STDIN))
        .contains(address, "ask its operator", "allowed-requesters");
    server
        .refuses(Code.PERMISSION_DENIED, () -> server.outsider.createProgram(program))
        .contains(address, "allowed-requesters");
    server
        .refuses(Code.PERMISSION_DENIED, () -> server.outsider.request(body))
        .contains(address, "allowed-requesters");
  }

  @Test
  void anUploadOfWhatClientsDoNotUploadIsNotGranted() {
    server
        .refuses(Code.INVALID_ARGUMENT, () -> client.grant(ArtifactType.PROOF))
        .contains("artifact_type: 3", "expected: 1 PROGRAM, 2 STDIN or 7 PRIVATE_STDIN");
    var unsigned = Signer.ONE.createArtifact(ArtifactType.STDIN).toBuilder().clearSignature();
    server
        .refuses(
            Code.UNAUTHENTICATED,
            () ->
                client.call(
                    "artifact.ArtifactStore/CreateArtifact",
                    unsigned.build(),
                    CreateArtifactResponse.getDefaultInstance()))
        .contains("expected: 65");
  }

  @Test
  void aNonceThatWasNeverHandedOutOrHasExpiredSendsForAnother() throws Exception {
    long minutes = 60L << 32;
    for (long nonce :
        new long[] {0, -1, client.nonce() - 11 * minutes, client.nonce() + 9 * minutes}) {
      RequestProofRequestBody.Builder body = goodBody().setNonce(nonce);

      server
          .refuses(Code.ABORTED, () -> client.request(body))
          .contains(Long.toUnsignedString(nonce), "get another with GetNonce and sign again");
    }
  }

  @Test
  void aMessageIsTakenOnceAndARepeatWithANewNonceGetsTheFirstAnswerAlsoAfterTheEnd()
      throws Exception {
    RequestProofRequestBody.Builder body = goodBody();
    SignedRequest signed = client.sign(body);
    ByteString first = client.request(signed);

    server
        .refuses(Code.ABORTED, () -> client.request(signed))
        .contains("was used before", "get another with GetNonce");
    Footprint before = Footprint.settled(server.database).withoutNonces();
    assertThat(client.awaitEnd(first).getFulfillmentStatus())
        .isEqualTo(FulfillmentStatus.FULFILLED);
    assertThat(client.request(body.setNonce(client.nonce()))).isEqualTo(first);
    assertThat(Footprint.settled(server.database).withoutNonces()).isEqualTo(before);
    server.refuses(Code.ABORTED, () -> client.request(signed)).contains("was used before");
  }

  @Test
  void aRepeatWhileTheFirstIsUnderWayGetsItsAnswer() throws Exception {
    RequestProofRequestBody.Builder body = goodBody();

    ByteString first = client.request(body);
    ByteString second = client.request(body.setNonce(client.nonce()));

    assertThat(second).isEqualTo(first);
    assertThat(client.awaitEnd(first).getFulfillmentStatus())
        .isEqualTo(FulfillmentStatus.FULFILLED);
  }
}
