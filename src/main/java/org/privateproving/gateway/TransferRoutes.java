package org.privateproving.gateway;

import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.RequestEntity;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.http.javadsl.model.headers.CacheControl;
import org.apache.pekko.http.javadsl.model.headers.CacheDirectives;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;
import org.privateproving.artifact.ArtifactId;
import org.privateproving.artifact.ArtifactStore;
import org.privateproving.artifact.ArtifactStore.Download;

/**
 * Artifacts over HTTP, streamed: uploads in, proofs out. The paths are capabilities: none of them
 * is ever logged or told in an answer.
 */
final class TransferRoutes {
  private static final List<HttpHeader> PRIVATE =
      List.of(
          CacheControl.create(CacheDirectives.NO_STORE),
          RawHeader.create("X-Content-Type-Options", "nosniff"));

  private final ArtifactStore artifacts;
  private final Duration idle;
  private final Duration callTimeout;
  private final Materializer materializer;

  TransferRoutes(
      ArtifactStore artifacts, Duration idle, Duration callTimeout, Materializer materializer) {
    this.artifacts = artifacts;
    this.idle = idle;
    this.callTimeout = callTimeout;
    this.materializer = materializer;
  }

  CompletionStage<HttpResponse> upload(ArtifactId id, String capability, HttpRequest request) {
    CompletableFuture<Void> bodyEnded = new CompletableFuture<>();
    RequestEntity entity = request.entity();
    Source<ByteString, ?> body =
        entity
            // The store has its own limit, and says so with a status.
            .withoutSizeLimit()
            .getDataBytes()
            .idleTimeout(idle)
            .watchTermination(
                (_, ended) -> {
                  ended.whenComplete((_, _) -> bodyEnded.complete(null));
                  return ended;
                });
    OptionalLong size = entity.getContentLengthOption();
    CompletableFuture<ArtifactStore.UploadOutcome> outcome =
        start(() -> artifacts.upload(id, capability, size, body)).copy();
    // Bytes may come for as long as they keep coming; what follows the last one may not.
    var _ =
        bodyEnded.thenRun(() -> outcome.orTimeout(callTimeout.toMillis(), TimeUnit.MILLISECONDS));
    return outcome
        .thenApply(HttpAnswers::of)
        .exceptionally(failure -> HttpAnswers.failed("an upload", failure));
  }

  /**
   * @param head whether only the headers are asked for
   */
  CompletionStage<HttpResponse> proof(ArtifactId id, String capability, boolean head) {
    return start(() -> artifacts.openProof(id, capability))
        .copy()
        .orTimeout(callTimeout.toMillis(), TimeUnit.MILLISECONDS)
        .thenApply(
            found ->
                found
                    .map(download -> head ? headers(download) : body(download))
                    .orElseGet(
                        () ->
                            HttpAnswers.text(
                                StatusCodes.NOT_FOUND, "no such proof, or its time is over")))
        .exceptionally(failure -> HttpAnswers.failed("a download", failure))
        .thenApply(response -> response.addHeaders(PRIVATE));
  }

  private HttpResponse body(Download download) {
    return HttpResponse.create()
        .withEntity(
            HttpEntities.create(
                ContentTypes.APPLICATION_OCTET_STREAM,
                download.size(),
                download.bytes().backpressureTimeout(idle)));
  }

  /** The server leaves the body of an answer to HEAD out, but for the declared length. */
  private HttpResponse headers(Download download) {
    download.bytes().runWith(Sink.cancelled(), materializer);
    return HttpResponse.create()
        .withEntity(
            HttpEntities.create(
                ContentTypes.APPLICATION_OCTET_STREAM,
                download.size(),
                Source.<ByteString>empty()));
  }

  private static <T> CompletableFuture<T> start(Supplier<CompletionStage<T>> call) {
    try {
      return call.get().toCompletableFuture();
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }
}
