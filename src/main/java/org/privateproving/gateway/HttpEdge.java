package org.privateproving.gateway;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.http.javadsl.model.HttpMethod;
import org.apache.pekko.http.javadsl.model.HttpMethods;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;
import org.apache.pekko.stream.Materializer;
import org.privateproving.artifact.ArtifactId;

/** Everything that is not gRPC: a path and a method to a route, and a sentence for all others. */
final class HttpEdge {
  private static final long DISCARD_SECONDS = 60;

  private final TransferRoutes transfers;
  private final HealthRoutes health;
  private final Materializer materializer;

  HttpEdge(TransferRoutes transfers, HealthRoutes health, Materializer materializer) {
    this.transfers = transfers;
    this.health = health;
    this.materializer = materializer;
  }

  CompletionStage<HttpResponse> handle(HttpRequest request) {
    List<String> path = new ArrayList<>();
    request.getUri().pathSegments().forEach(path::add);
    return switch (path.isEmpty() ? "" : path.getFirst()) {
      case "uploads" -> uploads(request, path);
      case "proofs" -> proofs(request, path);
      case "artifacts" ->
          nothing(request, "this names an artifact and opens nothing: no URL reads an input");
      case "health" -> health(request, String.join("/", path.subList(1, path.size())));
      default ->
          nothing(request, "nothing is here; this is an SP1 prover: give its URL to the SDK");
    };
  }

  private CompletionStage<HttpResponse> uploads(HttpRequest request, List<String> path) {
    Optional<ArtifactId> id = artifact(path);
    if (id.isEmpty()) {
      return nothing(request, "no such upload; ask for one with CreateArtifact");
    }
    if (!request.method().equals(HttpMethods.PUT)) {
      return refused(request, "PUT");
    }
    return transfers.upload(id.get(), path.get(2), request);
  }

  private CompletionStage<HttpResponse> proofs(HttpRequest request, List<String> path) {
    Optional<ArtifactId> id = artifact(path);
    if (id.isEmpty()) {
      return nothing(request, "no such proof");
    }
    if (!reads(request)) {
      return refused(request, "GET, HEAD");
    }
    boolean head = request.method().equals(HttpMethods.HEAD);
    return drained(request, () -> transfers.proof(id.get(), path.get(2), head));
  }

  /** Of a path with an artifact and a capability. */
  private static Optional<ArtifactId> artifact(List<String> path) {
    return path.size() == 3 ? ArtifactId.parse(path.get(1)) : Optional.empty();
  }

  private static boolean reads(HttpRequest request) {
    HttpMethod method = request.method();
    return method.equals(HttpMethods.GET) || method.equals(HttpMethods.HEAD);
  }

  private CompletionStage<HttpResponse> nothing(HttpRequest request, String sentence) {
    return drained(request, () -> done(HttpAnswers.text(StatusCodes.NOT_FOUND, sentence)));
  }

  private CompletionStage<HttpResponse> health(HttpRequest request, String which) {
    return switch (which) {
      case "", "live", "ready" ->
          reads(request)
              ? drained(request, () -> which.equals("ready") ? health.ready() : done(health.live()))
              : refused(request, "GET, HEAD");
      default -> nothing(request, "there are /health/live and /health/ready");
    };
  }

  private CompletionStage<HttpResponse> refused(HttpRequest request, String allowed) {
    return drained(
        request,
        () ->
            done(
                HttpAnswers.text(
                        StatusCodes.METHOD_NOT_ALLOWED,
                        "method not allowed (expected: " + allowed + ")")
                    .addHeader(RawHeader.create("Allow", allowed))));
  }

  /**
   * Reads the request's body away before it is answered: a client that still sends takes an early
   * answer for a broken connection, and tries for two minutes.
   */
  private CompletionStage<HttpResponse> drained(HttpRequest request, Route route) {
    return request
        .entity()
        .withoutSizeLimit()
        .discardBytes(materializer)
        .completionStage()
        .toCompletableFuture()
        .orTimeout(DISCARD_SECONDS, TimeUnit.SECONDS)
        .handleAsync((_, _) -> route, materializer.executionContext())
        .thenCompose(Route::answer);
  }

  private static CompletionStage<HttpResponse> done(HttpResponse response) {
    return CompletableFuture.completedStage(response);
  }

  @FunctionalInterface
  private interface Route {
    CompletionStage<HttpResponse> answer();
  }
}
