package org.privateproving.request;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.javadsl.StreamRefs;
import org.apache.pekko.util.ByteString;
import org.privateproving.artifact.ArtifactId;
import org.privateproving.artifact.ArtifactInfo;
import org.privateproving.artifact.ArtifactStore;
import org.privateproving.artifact.DamagedArtifactException;
import org.privateproving.domain.Refusal;
import org.privateproving.domain.RequestId;
import org.privateproving.domain.RootCause;
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

  /** What came of it. */
  sealed interface Opened {
    record Streams(Inputs inputs) implements Opened {}

    /** Gone, or not to be opened with this cluster's key. */
    record Missing(boolean program) implements Opened {}
  }

  CompletionStage<Opened> open(Order order, RequestId id, NeedInputs need) {
    CompletionStage<Optional<ArtifactInfo>> stdin = readable(order.terms().stdin());
    CompletionStage<Optional<ArtifactInfo>> program =
        need.program()
            ? readable(order.program())
            : CompletableFuture.completedFuture(Optional.empty());
    return stdin.thenCombine(
        program,
        (s, p) -> {
          if (s.isEmpty() || (need.program() && p.isEmpty())) {
            return new Opened.Missing(s.isPresent());
          }
          return new Opened.Streams(
              new Inputs(id, need.epoch(), p.map(this::stream), stream(s.get())));
        });
  }

  /** Opens the first byte, since a fulfiller would only see a stream that breaks off. */
  private CompletionStage<Optional<ArtifactInfo>> readable(ArtifactId artifact) {
    return artifacts
        .find(artifact)
        .thenCompose(
            found ->
                found.filter(ArtifactInfo::complete).isEmpty()
                    ? CompletableFuture.completedFuture(Optional.<ArtifactInfo>empty())
                    : artifacts.head(artifact, 1).thenApply(_ -> found))
        .exceptionallyCompose(
            failure ->
                unreadable(failure)
                    ? CompletableFuture.completedFuture(Optional.empty())
                    : CompletableFuture.failedFuture(failure));
  }

  private static boolean unreadable(Throwable failure) {
    Throwable cause = RootCause.of(failure);
    return cause instanceof DamagedArtifactException
        || (cause instanceof Refusal refusal && refusal.reason() == Refusal.Reason.NOT_FOUND);
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
        new Iterator<>() {
          private ByteString rest = chunk;

          @Override
          public boolean hasNext() {
            return rest.nonEmpty();
          }

          @Override
          public ByteString next() {
            if (rest.isEmpty()) {
              throw new NoSuchElementException();
            }
            ByteString piece = rest.take(PIECE);
            rest = rest.drop(PIECE);
            return piece;
          }
        };
  }
}
