package org.privateproving.gateway;

import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorSystem;
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
            new GrpcMethods(system, settings, requests, artifacts, urls, versions, drain, clock)
                .of(network),
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
}
