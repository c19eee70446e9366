package org.privateproving.network.upstream;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.pekko.pattern.CircuitBreakerOpenException;
import org.apache.pekko.stream.BoundedSourceQueue;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.jspecify.annotations.Nullable;
import org.privateproving.domain.Refusal;
import org.privateproving.domain.Refusal.Reason;
import org.privateproving.domain.RootCause;
import org.privateproving.network.Methods;
import org.privateproving.network.NetworkRefusal;

/**
 * Unary calls to the network, message bytes in, message bytes out, over one kept-alive connection.
 *
 * <p>A stage fails with a {@link NetworkRefusal} when the network answered with a status of its own
 * or the connection broke, and with a TRY_AGAIN {@link Refusal} when the call was not even made:
 * too many are under way, or the network is away and the breaker open. Thread-safe.
 */
final class NetworkCalls {
  private static final MethodDescriptor.Marshaller<byte[]> BYTES = new ByteMarshaller();
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  private final ManagedChannel channel;
  private final Function<String, Reachability> reachability;
  private final Duration timeout;
  private final BoundedSourceQueue<Waiting> queue;

  private record Waiting(
      Supplier<CompletionStage<byte[]>> call, CompletableFuture<byte[]> answer) {}

  /**
   * @param channel to the network
   * @param reachability by a call's path: what the network leaves unanswered there says nothing of
   *     the others
   * @param timeout of each call
   * @param atOnce how many calls may be under way
   * @param waiting how many more may wait for their turn
   */
  NetworkCalls(
      ManagedChannel channel,
      Function<String, Reachability> reachability,
      Duration timeout,
      int atOnce,
      int waiting,
      Materializer materializer) {
    this.channel = channel;
    this.reachability = reachability;
    this.timeout = timeout;
    this.queue =
        Source.<Waiting>queue(waiting)
            .mapAsyncUnordered(atOnce, NetworkCalls::carryOut)
            .to(Sink.ignore())
            .run(materializer);
  }

  /**
   * Calls with the message as it is.
   *
   * @param path as in {@code /network.ProverNetwork/GetNonce}
   * @param authorization the header of that name; null: none is sent
   */
  CompletionStage<byte[]> call(String path, byte[] message, @Nullable String authorization) {
    CompletableFuture<byte[]> answer = new CompletableFuture<>();
    Supplier<CompletionStage<byte[]>> call =
        () -> reachability.apply(path).guard(() -> unary(path, message, authorization));
    if (!queue.offer(new Waiting(call, answer)).isEnqueued()) {
      answer.completeExceptionally(
          new Refusal(
              Reason.TRY_AGAIN, "too many calls to the prover network are waiting; try again"));
    }
    return answer;
  }

  /** The same in messages. */
  <T extends MessageLite> CompletionStage<T> call(
      String method, MessageLite message, Parser<T> parser) {
    return call(method, message, null, parser);
  }

  /** The same with a header. */
  <T extends MessageLite> CompletionStage<T> call(
      String method, MessageLite message, @Nullable String authorization, Parser<T> parser) {
    return call(Methods.network(method), message.toByteArray(), authorization)
        .thenApply(bytes -> parsed(method, bytes, parser));
  }

  private static <T extends MessageLite> T parsed(String method, byte[] bytes, Parser<T> parser) {
    try {
      return parser.parseFrom(bytes);
    } catch (com.google.protobuf.InvalidProtocolBufferException _) {
      throw new NetworkRefusal(
          Status.INTERNAL.withDescription("the network's answer to " + method + " is malformed"));
    }
  }

  private static CompletionStage<Boolean> carryOut(Waiting waiting) {
    return waiting
        .call()
        .get()
        .handle(
            (bytes, failure) ->
                failure == null
                    ? waiting.answer().complete(bytes)
                    : waiting.answer().completeExceptionally(translated(failure)));
  }

  private static Throwable translated(Throwable failure) {
    Throwable cause = RootCause.of(failure);
    return cause instanceof CircuitBreakerOpenException
        ? new Refusal(Reason.TRY_AGAIN, "the prover network does not answer just now; try again")
        : cause;
  }

  private CompletionStage<byte[]> unary(
      String path, byte[] message, @Nullable String authorization) {
    MethodDescriptor<byte[], byte[]> method =
        MethodDescriptor.newBuilder(BYTES, BYTES)
            .setType(MethodType.UNARY)
            .setFullMethodName(path.substring(1))
            .build();
    CompletableFuture<byte[]> answer = new CompletableFuture<>();
    Trailers trailers = new Trailers();
    var call =
        io.grpc.ClientInterceptors.intercept(
                channel, MetadataUtils.newAttachHeadersInterceptor(headers(authorization)))
            .newCall(
                method,
                CallOptions.DEFAULT
                    .withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS)
                    .withStreamTracerFactory(trailers));
    ClientCalls.asyncUnaryCall(call, message, new OneAnswer(answer, trailers));
    return answer;
  }

  private static Metadata headers(@Nullable String authorization) {
    Metadata headers = new Metadata();
    if (authorization != null) {
      headers.put(AUTHORIZATION, authorization);
    }
    return headers;
  }

  private record OneAnswer(CompletableFuture<byte[]> answer, Trailers trailers)
      implements StreamObserver<byte[]> {
    @Override
    public void onNext(byte[] message) {
      answer.complete(message);
    }

    @Override
    public void onError(Throwable failure) {
      answer.completeExceptionally(new NetworkRefusal(trailers.status(failure)));
    }

    @Override
    public void onCompleted() {
      // After an answer this does nothing.
      answer.completeExceptionally(
          new NetworkRefusal(Status.INTERNAL.withDescription("the network answered nothing")));
    }
  }
}
