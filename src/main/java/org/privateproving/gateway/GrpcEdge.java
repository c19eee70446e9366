package org.privateproving.gateway;

import io.grpc.Status;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.http.javadsl.model.ContentType;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;
import org.apache.pekko.japi.function.Function;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.util.ByteString;
import org.privateproving.domain.RootCause;

/**
 * Stands before the generated gRPC handlers and does what they leave out: bounds the message,
 * refuses what we do not offer with a code that the SDK takes for final, and lets no call last for
 * ever. Every answer is a gRPC answer.
 */
final class GrpcEdge {
  /** A handler that pekko-grpc generated. */
  interface Handler extends Function<HttpRequest, CompletionStage<HttpResponse>> {}

  private static final ContentType GRPC = ContentTypes.parse("application/grpc");
  private static final String HEX = "0123456789ABCDEF";

  private final Map<String, Handler> methods;
  private final GrpcMessage message;
  private final Duration callTimeout;
  private final Materializer materializer;

  /**
   * @param methods by path, {@code /network.ProverNetwork/GetNonce}
   */
  GrpcEdge(
      Map<String, Handler> methods,
      int maxMessageSize,
      Duration callTimeout,
      Materializer materializer) {
    this.methods = Map.copyOf(methods);
    this.message = new GrpcMessage(maxMessageSize, callTimeout, materializer);
    this.callTimeout = callTimeout;
    this.materializer = materializer;
  }

  CompletionStage<HttpResponse> handle(HttpRequest request) {
    Handler handler = methods.get(request.getUri().path());
    if (handler == null) {
      return refuse(
          request,
          Status.UNIMPLEMENTED.withDescription(
              printable(request.getUri().path()) + " is not offered by this service"));
    }
    String encoding = header(request, "grpc-encoding").orElse("identity");
    if (!"identity".equals(encoding)) {
      return refuse(
          request,
          Status.UNIMPLEMENTED.withDescription(
              "grpc-encoding: "
                  + printable(encoding)
                  + " (expected: identity); send messages uncompressed"));
    }
    Optional<Duration> patience = header(request, "grpc-timeout").flatMap(GrpcEdge::timeout);
    Duration limit = patience.filter(p -> p.compareTo(callTimeout) < 0).orElse(callTimeout);
    CompletableFuture<HttpResponse> response =
        message
            .read(request.entity())
            .thenCompose(frame -> call(handler, request, frame))
            .toCompletableFuture()
            // A copy, so that a timeout here is not mistaken for one inside.
            .copy()
            .orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS);
    return response.exceptionally(failure -> answer(failed(failure, limit)));
  }

  private static CompletionStage<HttpResponse> call(
      Handler handler, HttpRequest request, ByteString frame) {
    ContentType type = request.entity().getContentType();
    try {
      return handler.apply(request.withEntity(HttpEntities.create(type, frame)));
    } catch (Exception e) {
      return CompletableFuture.failedStage(e);
    }
  }

  private Status failed(Throwable failure, Duration limit) {
    Throwable cause = RootCause.of(failure);
    if (cause instanceof GrpcMessage.Unacceptable unacceptable) {
      return unacceptable.status();
    }
    if (cause instanceof TimeoutException && limit.compareTo(callTimeout) < 0) {
      return Status.DEADLINE_EXCEEDED.withDescription(
          "not done within the " + limit.toMillis() + " ms that the client gave");
    }
    return GrpcErrors.status(cause);
  }

  /** Reads the body away first: an early answer would reach the client as a reset stream. */
  private CompletionStage<HttpResponse> refuse(HttpRequest request, Status status) {
    return request
        .discardEntityBytes(materializer)
        .completionStage()
        .toCompletableFuture()
        .orTimeout(callTimeout.toMillis(), TimeUnit.MILLISECONDS)
        .handleAsync((_, _) -> answer(status), materializer.executionContext());
  }

  /** An answer without a message: its status stands in the headers. */
  static HttpResponse answer(Status status) {
    return HttpResponse.create()
        .withEntity(HttpEntities.create(GRPC, new byte[0]))
        .addHeaders(
            List.of(
                RawHeader.create("grpc-status", Integer.toString(status.getCode().value())),
                RawHeader.create(
                    "grpc-message",
                    percentEncoded(Optional.ofNullable(status.getDescription()).orElse("")))));
  }

  private static Optional<String> header(HttpRequest request, String name) {
    return request.getHeader(name).map(HttpHeader::value);
  }

  /** {@code 8} digits and a unit; anything else is as good as none. */
  static Optional<Duration> timeout(String text) {
    if (!text.matches("[0-9]{1,8}[HMSmun]")) {
      return Optional.empty();
    }
    long amount = Long.parseLong(text.substring(0, text.length() - 1));
    return Optional.of(
        switch (text.charAt(text.length() - 1)) {
          case 'H' -> Duration.ofHours(amount);
          case 'M' -> Duration.ofMinutes(amount);
          case 'S' -> Duration.ofSeconds(amount);
          case 'm' -> Duration.ofMillis(amount);
          case 'u' -> Duration.ofNanos(amount * 1000);
          default -> Duration.ofNanos(amount);
        });
  }

  private static String printable(String text) {
    String ascii = text.replaceAll("[^\\x21-\\x7e]", "?");
    return ascii.length() > 200 ? ascii.substring(0, 200) : ascii;
  }

  static String percentEncoded(String text) {
    StringBuilder encoded = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      if (b >= ' ' && b <= '~' && b != '%') {
        encoded.append((char) b);
      } else {
        encoded.append('%').append(HEX.charAt((b >> 4) & 15)).append(HEX.charAt(b & 15));
      }
    }
    return encoded.toString();
  }
}
