package org.privateproving.endtoend;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.grpc.Status.Code;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.privateproving.gateway.Signer;
import org.privateproving.wire.artifact.ArtifactType;
import org.privateproving.wire.network.Empty;
import org.privateproving.wire.network.GetNonceRequest;
import org.privateproving.wire.network.GetNonceResponse;
import org.privateproving.wire.network.GetProgramRequest;
import org.privateproving.wire.network.GetProgramResponse;
import org.privateproving.wire.network.MessageFormat;
import org.privateproving.wire.network.RequestProofRequestBody;
import org.privateproving.wire.network.SignedRequest;

/** Calls that no SDK would make, against a server as users have it. */
@ExtendWith(AttackedServer.Provider.class)
class BadCallIT {
  private final AttackedServer server;
  private final WireClient client;

  BadCallIT(AttackedServer server) {
    this.server = server;
    client = server.client;
  }

  private RequestProofRequestBody.Builder goodBody() throws Exception {
    return client.body(server.fibonacci.vkHash(), server.stdin());
  }

  @Test
  void aStdinThatIsNotThereIsAskedFor() throws Exception {
    RequestProofRequestBody.Builder never =
        client.body(server.fibonacci.vkHash(), client.grant(ArtifactType.STDIN).uri());
    server
        .refuses(Code.FAILED_PRECONDITION, () -> client.request(never))
        .contains("not uploaded yet", "PUT it");

    String known = client.grant(ArtifactType.STDIN).uri();
    String unknown = known.substring(0, known.lastIndexOf('/') + 1) + UUID.randomUUID();
    RequestProofRequestBody.Builder lost = client.body(server.fibonacci.vkHash(), unknown);
    server
        .refusesLate(Code.FAILED_PRECONDITION, () -> client.request(lost))
        .contains("no such artifact", "upload the stdin again");

    RequestProofRequestBody.Builder elsewhere =
        client.body(server.fibonacci.vkHash(), "https://elsewhere.example/artifacts/a1");
    server
        .refuses(Code.FAILED_PRECONDITION, () -> client.request(elsewhere))
        .contains("upload the stdin here", "CreateArtifact");
  }

  @Test
  void aStdinOfAnotherRequesterIsNotTaken() throws Exception {
    RequestProofRequestBody.Builder body =
        server.other.body(server.fibonacci.vkHash(), server.stdin());

    server
        .refuses(Code.PERMISSION_DENIED, () -> server.other.request(body))
        .contains("uploaded by another address");
  }

  @Test
  void aProgramIsNoStdin() throws Exception {
    String program = client.upload(ArtifactType.PROGRAM, Encodings.program(server.fibonacci.elf()));
    RequestProofRequestBody.Builder body = client.body(server.fibonacci.vkHash(), program);

    server
        .refuses(Code.INVALID_ARGUMENT, () -> client.request(body))
        .contains("a PROGRAM (expected: STDIN)");
  }

  @Test
  void aVersionThatNoEngineProvesIsRefusedNamingBoth() throws Exception {
    RequestProofRequestBody.Builder body = goodBody().setVersion("sp1-v5.0.0");

    server
        .refuses(Code.FAILED_PRECONDITION, () -> client.request(body))
        .contains("sp1-v5.0.0", "sp1-v6.1.0", "use an SDK of that circuit version");
    server
        .refuses(Code.INVALID_ARGUMENT, () -> client.request(body.setVersion("v".repeat(65))))
        .contains("version: 65 characters");
  }

  @Test
  void aDeadlineThatHasPassedOrLiesTooFarAwayIsRefused() throws Exception {
    long now = Instant.now().getEpochSecond();
    RequestProofRequestBody.Builder late = goodBody().setDeadline(now - 1);
    server
        .refuses(Code.FAILED_PRECONDITION, () -> client.request(late))
        .contains("has passed", "set a longer timeout", "check the clock");
    for (long deadline : new long[] {now + 3_000_000, Long.MIN_VALUE, -1}) {
      RequestProofRequestBody.Builder far = goodBody().setDeadline(deadline);
      server
          .refuses(Code.INVALID_ARGUMENT, () -> client.request(far))
          .contains("set a shorter timeout");
    }
  }

  @Test
  void anIdOfTheWrongLengthIsRefusedAndAnUnknownOneIsNotFound() throws Exception {
    ByteString tooShort = ByteString.copyFrom(new byte[31]);
    server
        .refuses(Code.INVALID_ARGUMENT, () -> client.status(tooShort))
        .contains("request_id", "31", "32");
    server
        .refuses(Code.NOT_FOUND, () -> client.status(server.someVkHash(0x77)))
        .contains("unknown here");
    RequestProofRequestBody.Builder noProgram = goodBody().setVkHash(ByteString.EMPTY);
    server
        .refuses(Code.INVALID_ARGUMENT, () -> client.request(noProgram))
        .contains("vk_hash", "32");
    var nonce = GetNonceRequest.newBuilder().setAddress(ByteString.copyFrom(new byte[19])).build();
    server
        .refuses(
            Code.INVALID_ARGUMENT,
            () -> client.call("GetNonce", nonce, GetNonceResponse.getDefaultInstance()))
        .contains("address", "19", "20");
    var program = GetProgramRequest.newBuilder().setVkHash(server.someVkHash(0x78)).build();
    server
        .refuses(
            Code.NOT_FOUND,
            () -> client.call("GetProgram", program, GetProgramResponse.getDefaultInstance()))
        .contains("register it");
  }

  @Test
  void aMethodThatIsNotOfferedIsSaidToBe() {
    for (String method : new String[] {"FulfillProof", "network.Other/GetNonce"}) {
      server
          .refuses(
              Code.UNIMPLEMENTED,
              () -> client.call(method, Empty.getDefaultInstance(), Empty.getDefaultInstance()))
          .contains("is not offered by this service");
    }
  }

  @Test
  void bytesThatAreNoMessageAreRefused() {
    var noise =
        UnknownFieldSet.newBuilder()
            .addField(1, UnknownFieldSet.Field.newBuilder().addFixed32(1).build())
            .build();
    // A field 1 that ends in the middle.
    ByteString cut = ByteString.copyFrom(new byte[] {0x12, 0x7f, 1});
    server
        .refuses(Code.INVALID_ARGUMENT, () -> client.request(Signer.ONE.envelope(noise)))
        .isNotBlank();
    SignedRequest broken =
        SignedRequest.newBuilder()
            .setFormat(MessageFormat.BINARY)
            .setBody(cut)
            .setSignature(ByteString.copyFrom(Signer.ONE.sign(cut.toByteArray())))
            .build();
    server
        .refuses(Code.INVALID_ARGUMENT, () -> client.request(broken))
        .contains("not the encoding of this call's message");
  }
}
