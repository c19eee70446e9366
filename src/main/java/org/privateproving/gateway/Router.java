package org.privateproving.gateway;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.Scheduler;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpEntity;
import org.apache.pekko.http.javadsl.model.HttpMethods;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.headers.Connection;
import scala.concurrent.ExecutionContext;

/**
 * One port for both: gRPC by its content type, HTTP for the rest. Knows which call is under way.
 */
final class Router {
  // A response that its connection has not asked for by then never will be: the client is gone.
  private static final Duration UNCLAIMED = Duration.ofSeconds(5);

  private final GrpcEdge grpc;
  private final HttpEdge http;
  private final Drain drain;
  private final Scheduler scheduler;
  private final ExecutionContext executor;

  Router(
      GrpcEdge grpc, HttpEdge http, Drain drain, Scheduler scheduler, ExecutionContext executor) {
    this.grpc = grpc;
    this.http = http;
    this.drain = drain;
    this.scheduler = scheduler;
    this.executor = executor;
  }

  CompletionStage<HttpResponse> handle(HttpRequest request) {
    // HTTP/2 ends its streams by itself before a connection is closed.
    if (request.protocol().value().startsWith("HTTP/2")) {
      return route(request);
    }
    Drain.Exchange exchange = drain.enter();
    return route(request)
        .whenComplete(
            (_, failure) -> {
              if (failure != null) {
                exchange.end();
              }
            })
        .thenApply(response -> closing(response, exchange));
  }

  private CompletionStage<HttpResponse> route(HttpRequest request) {
    return isGrpc(request) ? grpc.handle(request) : http.handle(request);
  }

  static boolean isGrpc(HttpRequest request) {
    var type = request.entity().getContentType().mediaType();
    return request.method().equals(HttpMethods.POST)
        && type.mainType().equals("application")
        && (type.subType().equals("grpc") || type.subType().equals("grpc+proto"));
  }

  /**
   * Every HTTP/1.1 connection serves one exchange. The SDK opens a new one for each transfer
   * anyway, and a connection that has nothing left to do closes in order when this server stops.
   */
  private HttpResponse closing(HttpResponse response, Drain.Exchange exchange) {
    HttpResponse closing = response.addHeader(Connection.create("close"));
    if (!(response.entity() instanceof HttpEntity.Default entity)) {
      exchange.end();
      return closing;
    }
    // Ends the count of a response whose bytes nobody fetches.
    var unclaimed = scheduler.scheduleOnce(UNCLAIMED, exchange::end, executor);
    return closing.withEntity(
        HttpEntities.create(
            entity.getContentType(),
            entity.getContentLengthOption().orElseThrow(),
            entity
                .getDataBytes()
                .watchTermination(
                    (_, ended) -> {
                      unclaimed.cancel();
                      ended.whenComplete((_, _) -> exchange.end());
                      return ended;
                    })));
  }
}
