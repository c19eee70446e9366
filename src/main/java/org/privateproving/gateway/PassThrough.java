package org.privateproving.gateway;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.grpc.ProtobufSerializer;
import org.apache.pekko.grpc.javadsl.GrpcExceptionHandler;
import org.apache.pekko.grpc.javadsl.GrpcMarshalling;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.stream.SystemMaterializer;
import org.apache.pekko.util.ByteString;
import org.jspecify.annotations.Nullable;
import org.privateproving.domain.Refusal;
import org.privateproving.domain.Refusal.Reason;
import org.privateproving.network.Upstream;

/**
 * Passes unary calls on to the upstream network: the message's bytes as they came, the network's
 * answer and its code as they come back. Of the client's headers only {@code authorization} may go
 * along, if the operator wants that: it is meant for us.
 */
final class PassThrough {
  private static final ProtobufSerializer<ByteString> BYTES =
      new ProtobufSerializer<>() {
        @Override
        public ByteString serialize(ByteString message) {
          return message;
        }

        @Override
        public ByteString deserialize(ByteString message) {
          return message;
        }
      };

  private final ActorSystem<?> system;
  private final Upstream network;

  PassThrough(ActorSystem<?> system, Upstream network) {
    this.system = system;
    this.network = network;
  }

  /** Passes on whatever comes. */
  GrpcEdge.Handler handler(String path) {
    return handler(path, _ -> {});
  }

  /**
   * Passes on what {@code check} does not refuse.
   *
   * @param check of the message; refuses by throwing
   */
  GrpcEdge.Handler handler(String path, Consumer<ByteString> check) {
    return request ->
        GrpcMarshalling.<HttpResponse>negotiated(
                request,
                (reader, writer) ->
                    GrpcMarshalling.unmarshal(
                            request.entity(),
                            BYTES,
                            SystemMaterializer.get(system).materializer(),
                            reader)
                        .thenCompose(message -> call(path, check, request, message))
                        .thenApply(
                            answer ->
                                GrpcMarshalling.marshal(
                                    ByteString.fromArrayUnsafe(answer),
                                    BYTES,
                                    writer,
                                    system,
                                    GrpcExceptionHandler.defaultMapper())))
            .orElseGet(
                () ->
                    CompletableFuture.failedStage(
                        new Refusal(Reason.INVALID, "content-type: expected application/grpc")));
  }

  private CompletionStage<byte[]> call(
      String path, Consumer<ByteString> check, HttpRequest request, ByteString message) {
    check.accept(message);
    return network.passThrough(path, message.toArrayUnsafe(), authorization(request));
  }

  private @Nullable String authorization(HttpRequest request) {
    return network.takesAuthorization()
        ? request.getHeader("authorization").map(HttpHeader::value).orElse(null)
        : null;
  }
}
