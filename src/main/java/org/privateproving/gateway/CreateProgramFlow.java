package org.privateproving.gateway;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.util.ByteString;
import org.privateproving.artifact.ArtifactId;
import org.privateproving.artifact.ArtifactInfo;
import org.privateproving.artifact.ArtifactKind;
import org.privateproving.artifact.ArtifactStore;
import org.privateproving.domain.Address;
import org.privateproving.domain.Refusal;
import org.privateproving.domain.Refusal.Reason;
import org.privateproving.domain.VkHash;
import org.privateproving.network.Ledger;
import org.privateproving.network.ProverNetwork.Receipt;
import org.privateproving.network.ProverNetwork.Registration;
import org.privateproving.wire.network.CreateProgramRequestBody;
import org.privateproving.wire.network.CreateProgramResponse;
import org.privateproving.wire.network.Empty;
import org.privateproving.wire.network.SignedRequest;

/**
 * CreateProgram, step by step: open and check the message → (a program that is registered already
 * ends here, as the first registration did) → look at the uploaded ELF → claim it → register.
 */
final class CreateProgramFlow {
  private static final int MAX_VK = 64 * 1024;
  private static final int MAX_URI = 1024;

  private final Requesters requesters;
  private final ArtifactUrls urls;
  private final Ledger network;
  private final ArtifactStore artifacts;
  private final Materializer materializer;

  CreateProgramFlow(
      Requesters requesters,
      ArtifactUrls urls,
      Ledger network,
      ArtifactStore artifacts,
      Materializer materializer) {
    this.requesters = requesters;
    this.urls = urls;
    this.network = network;
    this.artifacts = artifacts;
    this.materializer = materializer;
  }

  CompletionStage<CreateProgramResponse> create(SignedRequest envelope) {
    var opened = SignedEnvelope.open(envelope, requesters, CreateProgramRequestBody.parser());
    Registration registration = parse(opened.body());
    return network
        .program(registration.vkHash())
        .thenCompose(
            known ->
                known.isPresent()
                    ? CompletableFuture.completedStage(null)
                    : claim(registration, opened.signer()))
        .thenCompose(
            _ ->
                network.register(
                    opened.signed(CreateProgramRequestBody::getNonce, Optional.empty()),
                    registration))
        .thenApply(CreateProgramFlow::response);
  }

  private Registration parse(CreateProgramRequestBody body) {
    VkHash vkHash = Bytes.read("vk_hash", body.getVkHash(), VkHash::of);
    int vk = body.getVk().size();
    if (vk == 0 || vk > MAX_VK) {
      throw invalid("vk: " + vk + " bytes (expected: 1 to " + MAX_VK + ")");
    }
    String uri = body.getProgramUri();
    if (uri.length() > MAX_URI) {
      throw invalid(
          "program_uri: " + uri.length() + " characters (expected: at most " + MAX_URI + ")");
    }
    ArtifactId artifact =
        urls.parse(uri)
            .orElseThrow(
                () ->
                    new Refusal(
                        Reason.FAILED_PRECONDITION,
                        "program_uri: not an artifact of this service; upload the program here,"
                            + " with CreateArtifact, and give its artifact_uri"));
    return new Registration(vkHash, body.getVk().toByteArray(), uri, artifact);
  }

  private CompletionStage<ArtifactInfo> claim(Registration registration, Address signer) {
    ArtifactId id = registration.artifact();
    return artifacts
        .find(id)
        .thenCompose(
            found -> {
              requireUsable(
                  found.orElseThrow(
                      () ->
                          new Refusal(
                              Reason.FAILED_PRECONDITION,
                              "program_uri: no such artifact, or it expired; upload the program"
                                  + " again")),
                  signer);
              return head(id);
            })
        .thenCompose(
            head -> {
              ElfHead.fault(head.toArray())
                  .ifPresent(
                      fault -> {
                        throw invalid("program_uri: " + fault);
                      });
              return artifacts.claim(
                  id, signer, ArtifactKind.PROGRAM, "program:" + registration.vkHash().hex());
            });
  }

  private static void requireUsable(ArtifactInfo program, Address signer) {
    if (!program.owner().equals(signer)) {
      throw new Refusal(Reason.NOT_ALLOWED, "program_uri: uploaded by another address");
    }
    if (program.kind() != ArtifactKind.PROGRAM) {
      throw invalid("program_uri: a " + program.kind() + " (expected: PROGRAM)");
    }
    if (!program.complete()) {
      throw new Refusal(
          Reason.FAILED_PRECONDITION, "program_uri: not uploaded yet; PUT it to its presigned URL");
    }
  }

  /** Enough of the artifact for {@link ElfHead}, however small the store's chunks are. */
  private CompletionStage<ByteString> head(ArtifactId id) {
    return artifacts
        .read(id)
        .scan(ByteString.emptyByteString(), ByteString::concat)
        .takeWhile(soFar -> soFar.size() < ElfHead.BYTES, true)
        .runWith(Sink.last(), materializer);
  }

  private static CreateProgramResponse response(Receipt receipt) {
    return CreateProgramResponse.newBuilder()
        .setTxHash(Bytes.of(receipt.txHash()))
        .setBody(Empty.getDefaultInstance())
        .build();
  }

  private static Refusal invalid(String message) {
    return new Refusal(Reason.INVALID, message);
  }
}
