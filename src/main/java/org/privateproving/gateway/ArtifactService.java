package org.privateproving.gateway;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.grpc.javadsl.Metadata;
import org.privateproving.artifact.ArtifactKind;
import org.privateproving.artifact.ArtifactStore;
import org.privateproving.artifact.ArtifactStore.UploadGrant;
import org.privateproving.domain.Address;
import org.privateproving.domain.Refusal;
import org.privateproving.network.EthereumSignature;
import org.privateproving.wire.artifact.ArtifactStorePowerApi;
import org.privateproving.wire.artifact.CreateArtifactRequest;
import org.privateproving.wire.artifact.CreateArtifactResponse;

/** {@code artifact.ArtifactStore}: grants uploads. */
final class ArtifactService implements ArtifactStorePowerApi {
  private static final byte[] SIGNED = "create_artifact".getBytes(StandardCharsets.US_ASCII);

  private final Requesters requesters;
  private final ArtifactUrls urls;
  private final ArtifactStore artifacts;

  ArtifactService(Requesters requesters, ArtifactUrls urls, ArtifactStore artifacts) {
    this.requesters = requesters;
    this.urls = urls;
    this.artifacts = artifacts;
  }

  @Override
  public CompletionStage<CreateArtifactResponse> createArtifact(
      CreateArtifactRequest request, Metadata metadata) {
    Address signer = signer(request, requesters);
    return artifacts.open(signer, kind(request)).thenApply(this::response);
  }

  /**
   * Who asks.
   *
   * @throws Refusal UNAUTHENTICATED or NOT_ALLOWED
   */
  static Address signer(CreateArtifactRequest request, Requesters requesters) {
    return requesters.require(
        EthereumSignature.artifactSigner(SIGNED, request.getSignature().toByteArray()));
  }

  private static ArtifactKind kind(CreateArtifactRequest request) {
    return switch (request.getArtifactType()) {
      case PROGRAM -> ArtifactKind.PROGRAM;
      case STDIN, PRIVATE_STDIN -> ArtifactKind.STDIN;
      case UNSPECIFIED_ARTIFACT_TYPE, PROOF, TRANSACTION, STATE, EXPORT, UNRECOGNIZED ->
          throw new Refusal(
              Refusal.Reason.INVALID,
              "artifact_type: "
                  + request.getArtifactTypeValue()
                  + " (expected: 1 PROGRAM, 2 STDIN or 7 PRIVATE_STDIN)");
    };
  }

  private CreateArtifactResponse response(UploadGrant grant) {
    return CreateArtifactResponse.newBuilder()
        .setArtifactUri(urls.identifier(grant.id()))
        .setArtifactPresignedUrl(urls.upload(grant))
        .build();
  }
}
