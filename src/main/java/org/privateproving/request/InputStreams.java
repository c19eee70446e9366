package org.privateproving.request;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.javadsl.StreamRefs;
import org.apache.pekko.util.ByteString;
import org.privateproving.artifact.ArtifactId;
import org.privateproving.artifact.ArtifactInfo;
import org.privateproving.artifact.ArtifactStore;
import org.privateproving.domain.RequestId;
import org.privateproving.fulfiller.FulfillerMessage.Input;
import org.privateproving.fulfiller.FulfillerMessage.Inputs;
import org.privateproving.fulfiller.WorkReport.NeedInputs;

/**
 * Opens a request's inputs for the holder of its lease, and for nobody else: the caller has checked
 * the epoch. There is no other way by which a stdin leaves the store.
 */
final class InputStreams {
  /** Pieces that fit into one frame between nodes. */
  private static final int PIECE = 64 * 1024;

  private final ArtifactStore artifacts;
  private final Materializer materializer;

  InputStreams(ArtifactStore artifacts, Materializer materializer) {
    this.artifacts = artifacts;
    this.materializer = materializer;
  }

  /** Empty if an input is no longer in the store. */
  CompletionStage<Optional<Inputs>> open(Order order, RequestId id, NeedInputs need) {
    CompletionStage<Optional<ArtifactInfo>> stdin = complete(order.stdin());
    CompletionStage<Optional<ArtifactInfo>> program =
        need.program()
            ? complete(order.program())
            : CompletableFuture.completedFuture(Optional.empty());
    return stdin.thenCombine(
        program,
        (s, p) -> {
          if (s.isEmpty() || (need.program() && p.isEmpty())) {
            return Optional.empty();
          }
          return Optional.of(new Inputs(id, need.epoch(), p.map(this::stream), stream(s.get())));
        });
  }

  private CompletionStage<Optional<ArtifactInfo>> complete(ArtifactId artifact) {
    return artifacts.find(artifact).thenApply(found -> found.filter(ArtifactInfo::complete));
  }

  private Input stream(ArtifactInfo info) {
    var pieces =
        artifacts
            .read(info.id())
            .mapConcat(InputStreams::pieces)
            .runWith(StreamRefs.sourceRef(), materializer);
    return new Input(info.size(), pieces);
  }

  private static Iterable<ByteString> pieces(ByteString chunk) {
    return () ->
        new java.util.Iterator<>() {
          private ByteString rest = chunk;

          @Override
          public boolean hasNext() {
            return rest.nonEmpty();
          }

          @Override
          public ByteString next() {
            if (rest.isEmpty()) {
              throw new java.util.NoSuchElementException();
            }
            ByteString piece = rest.take(PIECE);
            rest = rest.drop(PIECE);
            return piece;
          }
        };
  }
}
