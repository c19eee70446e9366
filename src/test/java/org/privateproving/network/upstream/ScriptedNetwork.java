package org.privateproving.network.upstream;

import io.grpc.Attributes;
import io.grpc.HandlerRegistry;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerTransportFilter;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A gRPC server that answers as its test says: message bytes in, message bytes out, over a real
 * connection. It knows no rules of a prover network.
 */
public final class ScriptedNetwork implements AutoCloseable {
  /** Answers a call; may throw a {@link StatusRuntimeException}, or block. */
  @FunctionalInterface
  public interface Script {
    byte[] answer(byte[] message) throws Exception;
  }

  record Received(String method, byte[] message, Metadata headers) {}

  private final Map<String, Script> scripts = new ConcurrentHashMap<>();
  private final List<Received> received = new CopyOnWriteArrayList<>();
  private final AtomicInteger connections = new AtomicInteger();
  private final Server server;

  public ScriptedNetwork() throws IOException {
    ByteMarshaller bytes = new ByteMarshaller();
    HandlerRegistry registry =
        new HandlerRegistry() {
          @Override
          public ServerMethodDefinition<?, ?> lookupMethod(
              String name, @Nullable String authority) {
            MethodDescriptor<byte[], byte[]> method =
                MethodDescriptor.newBuilder(bytes, bytes)
                    .setType(MethodType.UNARY)
                    .setFullMethodName(name)
                    .build();
            return ServerMethodDefinition.create(
                method,
                (call, headers) ->
                    ServerCalls.<byte[], byte[]>asyncUnaryCall(
                            (message, observer) -> answer(name, message, headers, observer))
                        .startCall(call, headers));
          }
        };
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
            .fallbackHandlerRegistry(registry)
            .addTransportFilter(
                new ServerTransportFilter() {
                  @Override
                  public Attributes transportReady(Attributes attributes) {
                    connections.incrementAndGet();
                    return attributes;
                  }

                  @Override
                  public void transportTerminated(Attributes attributes) {
                    connections.decrementAndGet();
                  }
                })
            .maxInboundMessageSize(Integer.MAX_VALUE)
            .build()
            .start();
  }

  private void answer(
      String name, byte[] message, Metadata headers, StreamObserver<byte[]> observer) {
    String simple = name.substring(name.indexOf('/') + 1);
    received.add(new Received(simple, message, headers));
    Script script = scripts.get(simple);
    if (script == null) {
      observer.onError(Status.UNIMPLEMENTED.asRuntimeException());
      return;
    }
    try {
      byte[] answer = script.answer(message);
      observer.onNext(answer);
      observer.onCompleted();
    } catch (Exception e) {
      observer.onError(e);
    }
  }

  /** From now on calls of {@code method} are answered so. */
  public ScriptedNetwork on(String method, Script script) {
    scripts.put(method, script);
    return this;
  }

  public URI url() {
    return URI.create("http://127.0.0.1:" + server.getPort());
  }

  /** Messages of one method, in the order they came. */
  public List<byte[]> received(String method) {
    return received.stream()
        .filter(call -> call.method().equals(method))
        .map(Received::message)
        .toList();
  }

  /** Headers of the calls of one method, in the order they came. */
  public List<Metadata> headers(String method) {
    return received.stream()
        .filter(call -> call.method().equals(method))
        .map(Received::headers)
        .toList();
  }

  /** How many calls came, of whatever method. */
  public int calls() {
    return received.size();
  }

  /** How many are open. */
  int connections() {
    return connections.get();
  }

  public static StatusRuntimeException refusal(Status.Code code, String message) {
    return code.toStatus().withDescription(message).asRuntimeException();
  }

  @Override
  public void close() {
    server.shutdownNow();
  }
}
