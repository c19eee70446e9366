package org.privateproving.gateway;

import com.google.protobuf.Descriptors.FileDescriptor;
import io.grpc.Status;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.grpc.Trailers;
import org.apache.pekko.http.javadsl.Http;
import org.apache.pekko.http.javadsl.ServerBinding;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.japi.function.Function;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.SystemMaterializer;
import org.privateproving.artifact.ArtifactStore;
import org.privateproving.domain.CircuitVersion;
import org.privateproving.network.ProverNetwork;
import org.privateproving.request.Requests;
import org.privateproving.wire.artifact.Artifact;
import org.privateproving.wire.artifact.ArtifactStorePowerApiHandlerFactory;
import org.privateproving.wire.network.Network;
import org.privateproving.wire.network.ProverNetworkPowerApiHandlerFactory;

/**
 * The server that clients talk to. It is part of the actor system's coordinated shutdown from the
 * moment it is bound: see {@link Stopping}.
 */
public final class Gateway {
  private final ActorSystem<?> system;
  private final GatewaySettings settings;
  private final ProverNetwork network;
  private final Requests requests;
  private final ArtifactStore artifacts;
  private final Clock clock;
  private final Set<CircuitVersion> versions;
  private final Readiness readiness;

  /**
   * @param versions the circuit versions that are proved here
   */
  public Gateway(
      ActorSystem<?> system,
      GatewaySettings settings,
      ProverNetwork network,
      Requests requests,
      ArtifactStore artifacts,
      Clock clock,
      Set<CircuitVersion> versions,
      Readiness readiness) {
    this.system = system;
    this.settings = settings;
    this.network = network;
    this.requests = requests;
    this.artifacts = artifacts;
    this.clock = clock;
    this.versions = Set.copyOf(versions);
    this.readiness = readiness;
  }

  /** Starts to serve. The stage fails if the port is taken. To be called once. */
  public CompletionStage<InetSocketAddress> bind() {
    Drain drain = new Drain();
    // The routes need the port that the binding yields; a call that is quicker than that waits.
    CompletableFuture<Router> router = new CompletableFuture<>();
    Function<HttpRequest, CompletionStage<HttpResponse>> handler =
        request -> router.thenCompose(bound -> bound.handle(request));
    return Http.get(system)
        .newServerAt(settings.host(), settings.port())
        .withSettings(ServerTuning.settings(system.settings().config(), settings))
        .logTo(new PathlessLog())
        .bind(handler)
        .thenApply(
            binding -> {
              router.complete(router(drain, urls(binding)));
              new Stopping(system, binding, drain, settings.drain()).register();
              return binding.localAddress();
            });
  }

  private ArtifactUrls urls(ServerBinding binding) {
    String host = settings.host().contains(":") ? "[" + settings.host() + "]" : settings.host();
    return new ArtifactUrls(
        settings
            .publicUrl()
            .orElseGet(() -> "http://" + host + ":" + binding.localAddress().getPort()));
  }

  private Router router(Drain drain, ArtifactUrls urls) {
    Materializer materializer = SystemMaterializer.get(system).materializer();
    Duration callTimeout = settings.callTimeout();
    return new Router(
        new GrpcEdge(
            methods(drain, urls, materializer),
            settings.maxMessageSize(),
            callTimeout,
            materializer),
        new HttpEdge(
            new TransferRoutes(artifacts, settings.transferIdle(), callTimeout, materializer),
            new HealthRoutes(readiness, drain),
            materializer),
        drain,
        system.classicSystem().scheduler(),
        system.executionContext());
  }

  private Map<String, GrpcEdge.Handler> methods(
      Drain drain, ArtifactUrls urls, Materializer materializer) {
    Requesters requesters = new Requesters(settings.allowedRequesters());
    RequestBody bodies = new RequestBody(versions, settings.maxDeadline(), urls);
    var networkService =
        new NetworkService(
            network,
            requests,
            new Polls(requests, drain),
            new CreateProgramFlow(requesters, urls, network, artifacts, materializer),
            new RequestProofFlow(requesters, bodies, network, requests, artifacts, clock),
            new CancelFlow(requesters, network, requests),
            new RequestView(urls, artifacts, clock),
            settings.listing());
    var artifactService = new ArtifactService(requesters, urls, artifacts);
    Map<String, GrpcEdge.Handler> methods = new HashMap<>();
    add(
        methods,
        Network.getDescriptor(),
        ProverNetworkPowerApiHandlerFactory.create(networkService, _ -> Gateway::trailers, system)
            ::apply);
    add(
        methods,
        Artifact.getDescriptor(),
        ArtifactStorePowerApiHandlerFactory.create(artifactService, _ -> Gateway::trailers, system)
            ::apply);
    return methods;
  }

  private static void add(
      Map<String, GrpcEdge.Handler> methods, FileDescriptor file, GrpcEdge.Handler handler) {
    for (var service : file.getServices()) {
      for (var method : service.getMethods()) {
        methods.put("/" + service.getFullName() + "/" + method.getName(), handler);
      }
    }
  }

  /** pekko-grpc puts the description on the wire as it is, where gRPC wants it percent-encoded. */
  private static Trailers trailers(Throwable failure) {
    Status status = GrpcErrors.status(failure);
    return new Trailers(
        status.withDescription(
            GrpcEdge.percentEncoded(Objects.requireNonNullElse(status.getDescription(), ""))));
  }
}
