package org.privateproving.gateway;

import com.google.protobuf.Message;
import com.typesafe.config.ConfigFactory;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.pekko.Done;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.stream.SystemMaterializer;
import org.privateproving.domain.CircuitVersion;
import org.privateproving.network.ProverNetwork;

/** A gateway on a real socket, over collaborators in memory, and clients that talk to it. */
final class RunningGateway implements AutoCloseable {
  static final Instant NOW = Instant.ofEpochSecond(1_899_999_000);

  final RecordingNetwork network;
  final RecordingRequests requests = new RecordingRequests();
  final MemoryArtifacts artifacts;
  final ActorSystem<Void> system;
  final int port;
  volatile List<Readiness.Check> checks = List.of();
  private final ManagedChannel channel;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /**
   * @param ours lines for {@code private-proving.gateway}
   */
  static RunningGateway start(String ours) throws Exception {
    RecordingNetwork recording = new RecordingNetwork();
    return new RunningGateway(ours, recording, _ -> recording);
  }

  /** In front of another network than the one in memory. */
  static RunningGateway start(String ours, Function<ActorSystem<?>, ProverNetwork> network)
      throws Exception {
    return new RunningGateway(ours, new RecordingNetwork(), network);
  }

  private RunningGateway(
      String ours, RecordingNetwork recording, Function<ActorSystem<?>, ProverNetwork> behind)
      throws Exception {
    network = recording;
    var config =
        ConfigFactory.parseString(
                """
                private-proving.gateway { port = 0, drain = 10s, %s }
                pekko {
                  loglevel = WARNING
                  actor.provider = local
                  coordinated-shutdown.exit-jvm = off
                  coordinated-shutdown.phases.service-requests-done.timeout = 15s
                }
                """
                    .formatted(ours.replace('\n', ',')))
            .withFallback(ConfigFactory.defaultReference())
            .resolve();
    system = ActorSystem.create(Behaviors.empty(), "gateway", config);
    artifacts = new MemoryArtifacts(SystemMaterializer.get(system).materializer());
    InetSocketAddress bound =
        new Gateway(
                system,
                GatewaySettings.from(config),
                behind.apply(system),
                requests,
                artifacts,
                Clock.fixed(NOW, ZoneOffset.UTC),
                Set.of(new CircuitVersion("sp1-v6.1.0"), new CircuitVersion("sp1-v5.0.0")),
                () -> CompletableFuture.completedStage(checks))
            .bind()
            .toCompletableFuture()
            .get(10, TimeUnit.SECONDS);
    port = bound.getPort();
    channel = ManagedChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
  }

  String url() {
    return "http://127.0.0.1:" + port;
  }

  <Q extends Message, R extends Message> R call(String method, Q request, R example) {
    return call(channel, CallOptions.DEFAULT, method, request, example);
  }

  <Q extends Message, R extends Message> R call(
      CallOptions options, String method, Q request, R example) {
    return call(channel, options, method, request, example);
  }

  /** With an authorization header. */
  <Q extends Message, R extends Message> R callShowing(
      String authorization, String method, Q request, R example) {
    Metadata headers = new Metadata();
    headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), authorization);
    return call(
        ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers)),
        CallOptions.DEFAULT,
        method,
        request,
        example);
  }

  /** Bytes for bytes, whatever they are. */
  byte[] callRaw(String path, byte[] message, Metadata headers, CallOptions options) {
    MethodDescriptor<byte[], byte[]> method =
        MethodDescriptor.newBuilder(RawBytes.INSTANCE, RawBytes.INSTANCE)
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName(path.substring(1))
            .build();
    return ClientCalls.blockingUnaryCall(
        ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers)),
        method,
        options,
        message);
  }

  private enum RawBytes implements MethodDescriptor.Marshaller<byte[]> {
    INSTANCE;

    @Override
    public InputStream stream(byte[] bytes) {
      return new ByteArrayInputStream(bytes);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  static <Q extends Message, R extends Message> R call(
      Channel channel, CallOptions options, String method, Q request, R example) {
    return ClientCalls.blockingUnaryCall(
        channel, descriptor(method, request, example), options, request);
  }

  <Q extends Message, R extends Message> CompletableFuture<R> callLater(
      String method, Q request, R example) {
    return CompletableFuture.supplyAsync(
        () -> call(method, request, example), task -> Thread.ofVirtual().start(task));
  }

  @SuppressWarnings("unchecked")
  private static <Q extends Message, R extends Message> MethodDescriptor<Q, R> descriptor(
      String method, Q request, R example) {
    return MethodDescriptor.<Q, R>newBuilder()
        .setType(MethodDescriptor.MethodType.UNARY)
        .setFullMethodName(method.contains("/") ? method : "network.ProverNetwork/" + method)
        .setRequestMarshaller(ProtoUtils.marshaller((Q) request.getDefaultInstanceForType()))
        .setResponseMarshaller(ProtoUtils.marshaller(example))
        .build();
  }

  HttpResponse<byte[]> http(String method, String path, byte[] body) throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create(path.startsWith("/") ? url() + path : path))
            .method(method, HttpRequest.BodyPublishers.ofByteArray(body))
            .build(),
        HttpResponse.BodyHandlers.ofByteArray());
  }

  HttpResponse<byte[]> get(String path) throws Exception {
    return http("GET", path, new byte[0]);
  }

  /** What SIGTERM does. */
  CompletionStage<Done> stop() {
    return CoordinatedShutdown.get(system).runAll(CoordinatedShutdown.unknownReason());
  }

  @Override
  public void close() throws Exception {
    channel.shutdownNow();
    http.close();
    stop().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }
}
