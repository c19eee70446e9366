package org.privateproving.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.Status.Code;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.privateproving.wire.artifact.ArtifactType;
import org.privateproving.wire.network.ExecutionStatus;
import org.privateproving.wire.network.FulfillmentStatus;
import org.privateproving.wire.network.GetProgramRequest;
import org.privateproving.wire.network.GetProgramResponse;
import org.privateproving.wire.network.ProofRequestError;

/** Programs that are none, or are not what they are said to be. */
@ExtendWith(AttackedServer.Provider.class)
class BadProgramIT {
  private final AttackedServer server;
  private final WireClient client;

  BadProgramIT(AttackedServer server) {
    this.server = server;
    client = server.client;
  }

  private GetProgramResponse program(ByteString vkHash) {
    return client.call(
        "GetProgram",
        GetProgramRequest.newBuilder().setVkHash(vkHash).build(),
        GetProgramResponse.getDefaultInstance());
  }

  @Test
  void aRequestForAProgramThatNobodyRegisteredIsRefused() throws Exception {
    var body = client.body(server.someVkHash(0x41), server.stdin());

    server.refuses(Code.NOT_FOUND, () -> client.request(body)).contains("register it first");
  }

  @Test
  void aProgramThatIsPlainlyNoneIsRefusedAtOnce() throws Exception {
    byte[] noise = new byte[10_000];
    new Random(1).nextBytes(noise);
    byte[] x86 = Arrays.copyOf(server.fibonacci.elf(), 4096);
    x86[18] = 62;
    x86[19] = 0;
    refused(noise, "not an ELF in the SDK's encoding");
    refused(new byte[0], "0 bytes are too few");
    refused(Encodings.program(noise), "not an ELF in the SDK's encoding");
    refused(server.fibonacci.elf(), "not an ELF in the SDK's encoding");
    refused(Encodings.zstd(Encodings.program(x86)), "machine 62 (expected: 243, RISC-V)");
    byte[] brokenZstd = Encodings.zstd(Encodings.program(noise));
    Arrays.fill(brokenZstd, 4, 40, (byte) 0xff);
    refused(brokenZstd, "cannot be decompressed");
  }

  private void refused(byte[] upload, String sentence) throws Exception {
    var body =
        client.programBody(server.someVkHash(0x42), client.upload(ArtifactType.PROGRAM, upload));
    server.refuses(Code.INVALID_ARGUMENT, () -> client.createProgram(body)).contains(sentence);
  }

  @Test
  void aProgramThatIsNotHereOrIsSomebodyElsesIsRefused() throws Exception {
    ByteString hash = server.someVkHash(0x43);
    var never = client.programBody(hash, client.grant(ArtifactType.PROGRAM).uri());
    server
        .refuses(Code.FAILED_PRECONDITION, () -> client.createProgram(never))
        .contains("not uploaded yet", "PUT it");
    var stdin = client.programBody(hash, server.stdin());
    server
        .refuses(Code.INVALID_ARGUMENT, () -> client.createProgram(stdin))
        .contains("a STDIN (expected: PROGRAM)");
    var theirs =
        server.other.programBody(
            hash, client.upload(ArtifactType.PROGRAM, Encodings.program(server.fibonacci.elf())));
    server
        .refuses(Code.PERMISSION_DENIED, () -> server.other.createProgram(theirs))
        .contains("uploaded by another address");
    var elsewhere = client.programBody(hash, "s3://bucket/programs/artifact_1");
    server
        .refuses(Code.FAILED_PRECONDITION, () -> client.createProgram(elsewhere))
        .contains("upload the program here");
  }

  @Test
  void aProgramOfAnElfHeaderAndGarbageIsUnexecutableAndWithdrawn() throws Exception {
    byte[] elf = new byte[20_000];
    new Random(2).nextBytes(elf);
    System.arraycopy(server.fibonacci.elf(), 0, elf, 0, 64);

    ByteString id = failsAndLeavesNothing(server.someVkHash(0x44), Encodings.program(elf));

    assertThat(client.status(id).getExecutionStatus()).isEqualTo(ExecutionStatus.UNEXECUTABLE);
    assertThat(client.baseTail(id).getError()).isEqualTo(ProofRequestError.EXECUTION_FAILURE);
  }

  @Test
  void aProgramUnderAHashThatIsNotItsOwnIsUnfulfillableAndWithdrawn() throws Exception {
    ByteString id =
        failsAndLeavesNothing(
            server.someVkHash(0x45), Encodings.zstd(Encodings.program(server.fibonacci.elf())));

    assertThat(client.status(id).getExecutionStatus()).isEqualTo(ExecutionStatus.UNEXECUTED);
    assertThat(client.baseTail(id).getError())
        .isEqualTo(ProofRequestError.VERIFICATION_KEY_MISMATCH);
  }

  @Test
  void theRightProgramCanBeRegisteredAfterAWrongOneAndInTheEncodingOfAnOlderSdk() throws Exception {
    Guest guest = Guest.of("sum-of-secrets");
    failsAndLeavesNothing(guest.vkHash(), Encodings.program(server.fibonacci.elf()));

    client.register(guest.vkHash(), Encodings.program(guest.elf()));
    String stdin = client.uploadStdin(Encodings.stdin(Encodings.u64s(1, 2, 3)));
    ByteString id = client.request(client.body(guest.vkHash(), stdin));

    assertThat(client.awaitEnd(id).getFulfillmentStatus()).isEqualTo(FulfillmentStatus.FULFILLED);
  }

  /** Registers it, which works, and requests a proof, which fails. */
  private ByteString failsAndLeavesNothing(ByteString vkHash, byte[] upload) throws Exception {
    Footprint before = Footprint.settled(server.database);
    client.register(vkHash, upload);
    assertThat(program(vkHash).getProgram().getVkHash()).isEqualTo(vkHash);

    ByteString id = client.request(client.body(vkHash, server.stdin()));

    assertThat(client.awaitEnd(id).getFulfillmentStatus())
        .isEqualTo(FulfillmentStatus.UNFULFILLABLE);
    Footprint.settled(server.database);
    server.eventually(Code.NOT_FOUND, () -> program(vkHash)).contains("register it");
    server.eventuallyInputsAre(before);
    return id;
  }

  @Test
  void aRequestForOtherPublicValuesThanTheProgramCommitsToIsUnfulfillable() throws Exception {
    byte[] committed = HexFormat.of().parseHex(new Fibonacci(10).publicValues());
    ByteString right = ByteString.copyFrom(sha256(committed));
    committed[0] ^= 1;
    ByteString wrong = ByteString.copyFrom(sha256(committed));

    ByteString fine = requestFor(right);
    ByteString refused = requestFor(wrong);

    assertThat(client.awaitEnd(fine).getFulfillmentStatus()).isEqualTo(FulfillmentStatus.FULFILLED);
    var end = client.awaitEnd(refused);
    assertThat(end.getFulfillmentStatus()).isEqualTo(FulfillmentStatus.UNFULFILLABLE);
    assertThat(end.getProofUri()).isEmpty();
    var tail = client.auctionTail(refused);
    assertThat(tail.getError()).isEqualTo(ProofRequestError.PUBLIC_VALUES_MISMATCH);
    assertThat(tail.getIsCanceled()).isFalse();
    assertThat(tail.getErrorTrace().toStringUtf8()).contains("PUBLIC_VALUES_MISMATCH");
    assertThat(client.auctionTail(fine).getError())
        .isEqualTo(ProofRequestError.UNSPECIFIED_PROOF_REQUEST_FAILURE);
  }

  private ByteString requestFor(ByteString publicValuesHash) throws Exception {
    return client.request(
        client
            .auctionBody(server.fibonacci.vkHash(), server.stdin())
            .setPublicValuesHash(publicValuesHash));
  }

  private static byte[] sha256(byte[] bytes) throws NoSuchAlgorithmException {
    return MessageDigest.getInstance("SHA-256").digest(bytes);
  }
}
