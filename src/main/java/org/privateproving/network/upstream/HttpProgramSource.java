package org.privateproving.network.upstream;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.JavaFlowSupport;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;
import org.privateproving.network.ProgramUnavailable;

/**
 * Programs on web servers. It sends no credentials, keeps no cookies, and follows redirects by
 * hand: each is held to the same rules as the URI that it stands for, and none leads from TLS to
 * clear text.
 */
final class HttpProgramSource implements ProgramSource<ProgramUri.Web> {
  private static final int OK = 200;
  private static final int MAX_REDIRECTS = 5;

  private final ProgramSettings settings;
  private final HttpClient client;

  HttpProgramSource(ProgramSettings settings) {
    this.settings = settings;
    client =
        HttpClient.newBuilder()
            // One exchange per connection: what is cancelled takes nothing else along.
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(settings.connectTimeout())
            .build();
  }

  @Override
  public Source<ByteString, ?> open(ProgramUri.Web uri) {
    return open(uri, MAX_REDIRECTS);
  }

  private Source<ByteString, NotUsed> open(ProgramUri.Web uri, int redirects) {
    return Source.lazySource(() -> get(uri, redirects))
        .mapMaterializedValue(_ -> NotUsed.getInstance());
  }

  private Source<ByteString, NotUsed> get(ProgramUri.Web uri, int redirects) {
    // Covers what comes before the body. The total is the caller's to hold.
    Duration patience = settings.connectTimeout().plus(settings.idleTimeout());
    HttpRequest request = HttpRequest.newBuilder(allowed(uri)).timeout(patience).GET().build();
    CompletableFuture<HttpResponse<Flow.Publisher<List<ByteBuffer>>>> answer =
        client.sendAsync(request, BodyHandlers.ofPublisher());
    return Source.completionStageSource(
            answer.thenApply(response -> bytes(response, uri, redirects)))
        .watchTermination(
            (_, done) -> {
              // Nobody waits for the answer any more; if it is there, this does nothing.
              done.whenComplete((_, _) -> answer.cancel(true));
              return NotUsed.getInstance();
            });
  }

  private Source<ByteString, NotUsed> bytes(
      HttpResponse<Flow.Publisher<List<ByteBuffer>>> response, ProgramUri.Web uri, int redirects) {
    Source<ByteString, NotUsed> body =
        JavaFlowSupport.Source.fromPublisher(response.body())
            .mapConcat(buffers -> buffers)
            .map(ByteString::fromByteBuffer);
    int status = response.statusCode();
    if (status == OK) {
      long declared = response.headers().firstValueAsLong("Content-Length").orElse(0);
      return declared > settings.maxSize()
          ? instead(body, Source.failed(uri.tooLarge(settings.maxSize())))
          : body;
    }
    return instead(
        body,
        isRedirect(status)
            ? redirected(response, uri, redirects)
            : Source.failed(HttpStatus.failure(status, uri)));
  }

  /** Cancels a body that is not wanted, which must not be left lying. */
  private static Source<ByteString, NotUsed> instead(
      Source<ByteString, NotUsed> body, Source<ByteString, NotUsed> other) {
    return body.take(0).concatLazy(other);
  }

  private static boolean isRedirect(int status) {
    return switch (status) {
      case 301, 302, 303, 307, 308 -> true;
      default -> false;
    };
  }

  private Source<ByteString, NotUsed> redirected(
      HttpResponse<?> response, ProgramUri.Web from, int redirects) {
    if (redirects == 0) {
      throw new ProgramUnavailable("the program at " + from + " is behind too many redirects");
    }
    ProgramUri to =
        response
            .headers()
            .firstValue("Location")
            .map(location -> ProgramUri.parse(resolved(response.uri(), location)))
            .orElseThrow(() -> HttpStatus.failure(response.statusCode(), from));
    boolean safe = to instanceof ProgramUri.Https || from instanceof ProgramUri.Http;
    if (safe && to instanceof ProgramUri.Web web) {
      return open(web, redirects - 1);
    }
    throw new ProgramUnavailable(
        "the program at " + from + " is redirected to where we do not follow");
  }

  private static String resolved(URI base, String location) {
    try {
      return base.resolve(location).toString();
    } catch (IllegalArgumentException e) {
      // Its message quotes the location.
      throw new ProgramUnavailable("a redirect of " + base.getHost() + " is not a URI");
    }
  }

  private URI allowed(ProgramUri.Web uri) {
    return switch (uri) {
      case ProgramUri.Https(URI address) -> address;
      case ProgramUri.Http http when settings.allows(http) -> http.uri();
      case ProgramUri.Http _ ->
          throw new ProgramUnavailable(
              "the program at " + uri + " would come in clear text (expected: https or s3)");
    };
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
