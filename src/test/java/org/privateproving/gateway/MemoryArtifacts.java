package org.privateproving.gateway;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;
import org.jspecify.annotations.Nullable;
import org.privateproving.artifact.ArtifactId;
import org.privateproving.artifact.ArtifactInfo;
import org.privateproving.artifact.ArtifactKind;
import org.privateproving.artifact.ArtifactStore;
import org.privateproving.domain.Address;
import org.privateproving.domain.Refusal;
import org.privateproving.domain.Refusal.Reason;

/** An artifact store in memory; answers an upload with {@code outcome} if there is one. */
final class MemoryArtifacts implements ArtifactStore {
  static final String CAPABILITY = "open-sesame";

  final Map<ArtifactId, ArtifactInfo> infos = new ConcurrentHashMap<>();
  final Map<ArtifactId, ByteString> bytes = new ConcurrentHashMap<>();
  final Map<ArtifactId, Download> proofs = new ConcurrentHashMap<>();
  volatile @Nullable UploadOutcome outcome;
  private final Materializer materializer;

  MemoryArtifacts(Materializer materializer) {
    this.materializer = materializer;
  }

  @Override
  public CompletionStage<UploadGrant> open(Address owner, ArtifactKind kind) {
    ArtifactId id = new ArtifactId(UUID.randomUUID());
    infos.put(id, info(id, kind, owner, false, Optional.empty()));
    return CompletableFuture.completedStage(new UploadGrant(id, CAPABILITY));
  }

  private static ArtifactInfo info(
      ArtifactId id, ArtifactKind kind, Address owner, boolean complete, Optional<String> user) {
    return new ArtifactInfo(id, kind, owner, complete, 0, Optional.empty(), user, Instant.EPOCH);
  }

  @Override
  public CompletionStage<UploadOutcome> upload(
      ArtifactId id, String capability, OptionalLong declaredSize, Source<ByteString, ?> body) {
    return body.runWith(Sink.fold(ByteString.emptyByteString(), ByteString::concat), materializer)
        .thenApply(
            all -> {
              var chosen = outcome;
              if (chosen != null) {
                return chosen;
              }
              ArtifactInfo info = infos.get(id);
              if (info == null || !capability.equals(CAPABILITY)) {
                return new UploadOutcome.Unknown();
              }
              bytes.put(id, all);
              infos.put(id, info(id, info.kind(), info.owner(), true, info.claimedBy()));
              return new UploadOutcome.Stored(all.size());
            })
        .exceptionally(_ -> new UploadOutcome.Incomplete("the upload broke off"));
  }

  @Override
  public CompletionStage<Optional<ArtifactInfo>> find(ArtifactId id) {
    return CompletableFuture.completedStage(Optional.ofNullable(infos.get(id)));
  }

  @Override
  public CompletionStage<ByteString> head(ArtifactId id, int count) {
    return CompletableFuture.completedStage(requireNonNull(bytes.get(id)).take(count));
  }

  @Override
  public CompletionStage<ArtifactInfo> claim(
      ArtifactId id, Address owner, ArtifactKind kind, String user) {
    ArtifactInfo info = requireNonNull(infos.get(id));
    if (info.claimedBy().isPresent() && !info.claimedBy().get().equals(user)) {
      throw new Refusal(Reason.FAILED_PRECONDITION, "claimed by another user");
    }
    ArtifactInfo claimed = info(id, kind, owner, true, Optional.of(user));
    infos.put(id, claimed);
    return CompletableFuture.completedStage(claimed);
  }

  @Override
  public Source<ByteString, NotUsed> read(ArtifactId id) {
    // In small pieces, as a store might.
    ByteString all = requireNonNull(bytes.get(id));
    return Source.range(0, all.size() / 1000)
        .map(i -> all.drop(i * 1000).take(1000))
        .mapMaterializedValue(_ -> NotUsed.getInstance());
  }

  @Override
  public Sink<ByteString, CompletionStage<ArtifactInfo>> storeProof(
      Address owner, String user, long limit) {
    throw new AssertionError("the gateway stores no proofs");
  }

  @Override
  public Sink<ByteString, CompletionStage<ArtifactInfo>> storeProgram(
      ArtifactId id, Address owner, String user, long limit) {
    throw new AssertionError("the gateway fetches no programs");
  }

  @Override
  public String proofPath(ArtifactId id) {
    return "/proofs/" + id + "/" + CAPABILITY;
  }

  @Override
  public CompletionStage<Optional<Download>> openProof(ArtifactId id, String capability) {
    return CompletableFuture.completedStage(
        capability.equals(CAPABILITY) ? Optional.ofNullable(proofs.get(id)) : Optional.empty());
  }

  @Override
  public CompletionStage<Void> erase(ArtifactId id) {
    infos.remove(id);
    bytes.remove(id);
    return CompletableFuture.completedStage(null);
  }
}
