package org.privateproving.request;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.privateproving.artifact.ArtifactId;
import org.privateproving.domain.Address;
import org.privateproving.domain.RequestId;
import org.privateproving.domain.VkHash;
import org.privateproving.network.Upstream;

/** A network upstream of which only programs are asked. */
final class NotedPrograms implements Upstream {
  static final ArtifactId PROGRAM = new ArtifactId(new UUID(5, 5));

  /** What comes instead of a program. */
  volatile @Nullable RuntimeException failure;

  @Override
  public CompletionStage<Program> program(VkHash vkHash, String programUri, Address requester) {
    RuntimeException failing = failure;
    return failing != null
        ? CompletableFuture.failedStage(failing)
        : CompletableFuture.completedStage(
            new Program(vkHash, new byte[0], programUri, PROGRAM, requester, SampleRequests.NOW));
  }

  private static AssertionError notAsked() {
    return new AssertionError("only programs are asked for");
  }

  @Override
  public List<String> passedThrough() {
    throw notAsked();
  }

  @Override
  public boolean takesAuthorization() {
    throw notAsked();
  }

  @Override
  public CompletionStage<byte[]> passThrough(
      String path, byte[] message, @Nullable String authorization) {
    throw notAsked();
  }

  @Override
  public CompletionStage<Admission> admit(Signed message, Admittee request) {
    throw notAsked();
  }

  @Override
  public CompletionStage<Receipt> cancel(Signed message, RequestId id) {
    throw notAsked();
  }

  @Override
  public CompletionStage<ReportOutcome> report(RequestId id, Result result) {
    throw notAsked();
  }

  @Override
  public boolean hearsOfFailures() {
    throw notAsked();
  }

  @Override
  public CompletionStage<Optional<String>> proofUri(RequestId id) {
    throw notAsked();
  }

  @Override
  public CompletionStage<Void> provide(VkHash vkHash, ArtifactId program) {
    throw notAsked();
  }

  @Override
  public CompletionStage<Void> withdraw(VkHash vkHash, ArtifactId program) {
    throw notAsked();
  }
}
