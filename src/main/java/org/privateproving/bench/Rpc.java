package org.privateproving.bench;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.Message;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import java.net.URI;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One client's connection, with the SDK's manners: HTTP/2 without upgrade, a ping every 15 s, no
 * deadline that the server would see, and its own patience of 60 s.
 */
final class Rpc implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 60;
  private static final long PING_SECONDS = 15;
  private static final int HTTPS = 443;
  private static final int HTTP = 80;

  private final ManagedChannel channel;

  Rpc(URI url) {
    boolean tls = "https".equals(url.getScheme());
    int port = url.getPort() >= 0 ? url.getPort() : tls ? HTTPS : HTTP;
    NettyChannelBuilder builder =
        NettyChannelBuilder.forAddress(url.getHost(), port)
            .keepAliveTime(PING_SECONDS, TimeUnit.SECONDS)
            .keepAliveTimeout(PING_SECONDS, TimeUnit.SECONDS)
            .keepAliveWithoutCalls(true);
    channel = (tls ? builder.useTransportSecurity() : builder.usePlaintext()).build();
  }

  /**
   * Calls, and waits on a thread that may wait.
   *
   * @param method package.Service/Method
   * @throws StatusRuntimeException as a client sees it
   */
  <Q extends Message, R extends Message> R call(String method, Q request, R example)
      throws InterruptedException {
    ListenableFuture<R> answer =
        ClientCalls.futureUnaryCall(
            channel.newCall(descriptor(method, request, example), CallOptions.DEFAULT), request);
    try {
      return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw Status.fromThrowable(e.getCause()).asRuntimeException();
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw Status.CANCELLED.withDescription("Timeout expired").asRuntimeException();
    } catch (InterruptedException e) {
      answer.cancel(true);
      throw e;
    }
  }

  @SuppressWarnings("unchecked")
  private static <Q extends Message, R extends Message> MethodDescriptor<Q, R> descriptor(
      String method, Q request, R example) {
    return MethodDescriptor.<Q, R>newBuilder()
        .setType(MethodDescriptor.MethodType.UNARY)
        .setFullMethodName(method)
        .setRequestMarshaller(ProtoUtils.marshaller((Q) request.getDefaultInstanceForType()))
        .setResponseMarshaller(ProtoUtils.marshaller(example))
        .build();
  }

  /** The SDK's client connects anew at each attempt; gRPC's would wait longer and longer. */
  void connectAtOnce() {
    channel.resetConnectBackoff();
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
