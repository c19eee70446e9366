package org.privateproving.network.upstream;

import io.grpc.HandlerRegistry;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * A gRPC server that answers as its test says: message bytes in, message bytes out, over a real
 * connection. It knows no rules of a prover network.
 */
final class ScriptedNetwork implements AutoCloseable {
  /** Answers a call; may throw a {@link StatusRuntimeException}, or block. */
  @FunctionalInterface
  interface Script {
    byte[] answer(byte[] message) throws Exception;
  }

  record Received(String method, byte[] message) {}

  private final Map<String, Script> scripts = new ConcurrentHashMap<>();
  private final List<Received> received = new CopyOnWriteArrayList<>();
  private final Server server;

  ScriptedNetwork() throws IOException {
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
                ServerCalls.asyncUnaryCall(
                    (message, observer) -> {
                      String simple = name.substring(name.indexOf('/') + 1);
                      received.add(new Received(simple, message));
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
                    }));
          }
        };
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
            .fallbackHandlerRegistry(registry)
            .maxInboundMessageSize(Integer.MAX_VALUE)
            .build()
            .start();
  }

  /** From now on calls of {@code method} are answered so. */
  ScriptedNetwork on(String method, Script script) {
    scripts.put(method, script);
    return this;
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.getPort());
  }

  /** Messages of one method, in the order they came. */
  List<byte[]> received(String method) {
    return received.stream()
        .filter(call -> call.method().equals(method))
        .map(Received::message)
        .toList();
  }

  static StatusRuntimeException refusal(Status.Code code, String message) {
    return code.toStatus().withDescription(message).asRuntimeException();
  }

  @Override
  public void close() {
    server.shutdownNow();
  }
}
