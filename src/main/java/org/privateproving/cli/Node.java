package org.privateproving.cli;

import com.typesafe.config.Config;
import java.net.URI;
import java.time.Clock;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.Done;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.management.javadsl.PekkoManagement;
import org.privateproving.artifact.ArtifactSettings;
import org.privateproving.domain.InvalidSetting;
import org.privateproving.domain.RootCause;
import org.privateproving.fulfiller.FulfillerSettings;
import org.privateproving.network.upstream.UpstreamSettings;
import org.privateproving.sp1.EngineKind;

/**
 * Puts a node together: the one place that knows every part. What has to outlive the actors (the
 * database, its server) is opened before them and closed after them.
 */
final class Node implements RunningNode {
  static final String SYSTEM_NAME = "private-proving";

  /**
   * Joining a cluster whose seeds are not there yet takes as long as it takes; the rest does not.
   */
  private static final long UP_WITHIN_SECONDS = 120;

  private final ActorSystem<?> system;
  private final Optional<URI> url;
  private final String engine;

  private Node(ActorSystem<?> system, Optional<URI> url, String engine) {
    this.system = system;
    this.url = url;
    this.engine = engine;
  }

  /** See {@link NodeStarter#start}. */
  static RunningNode start(Roles roles, Config config, ProgressLine progress)
      throws InterruptedException {
    ClusterSettings cluster = ClusterSettings.from(config, SYSTEM_NAME);
    checkSettings(roles, config, cluster);
    Ports.check(config, roles);
    ServerResources resources =
        roles.isServer() ? ServerResources.open(config) : ServerResources.none(config);
    ActorSystem<Void> system;
    try {
      system = ActorSystem.create(Behaviors.empty(), SYSTEM_NAME, resources.config());
    } catch (RuntimeException e) {
      resources.close();
      throw e;
    }
    // From here on the end of the process, however it comes, closes everything in its order.
    Runtime.getRuntime().addShutdownHook(new Thread(() -> closeAfter(system, resources), "close"));
    join(system, cluster);
    Clock clock = Clock.systemUTC();
    ClusterParts parts = ClusterParts.start(system, roles, resources, clock);
    awaitUp(system);
    await(
        PekkoManagement.get(system).start().toCompletableFuture(),
        "the management port " + config.getInt("private-proving.management.port") + " is in use");
    Optional<URI> url = Optional.empty();
    if (roles.isServer()) {
      URI here = ServerParts.start(system, parts, resources, clock);
      url = Optional.of(here);
      progress.done(
          "node",
          OperatorLines.ready(
              here.toString(),
              UpstreamSettings.isConfigured(config) ? "network" : "hosted",
              ServerResources.data(config)));
    }
    String engine = "";
    if (roles.isFulfiller()) {
      FulfillerSettings settings = FulfillerSettings.from(config, cluster.host());
      engine = settings.engine().name().toLowerCase(Locale.ROOT);
      if (!roles.isServer()) {
        progress.done("node", OperatorLines.joined(settings.name()));
      }
      if (settings.engine() == EngineKind.NOOP) {
        progress.done("noop", OperatorLines.noopEngine());
      }
      FulfillerParts.start(system, parts, settings, progress, clock);
    }
    return new Node(system, url, engine);
  }

  /** A wrong value is refused before anything is started. */
  private static void checkSettings(Roles roles, Config config, ClusterSettings cluster) {
    if (!roles.isServer() && cluster.seedNodes().isEmpty()) {
      throw new InvalidSetting(
          ClusterSettings.PATH + ".seed-nodes",
          "empty (expected: host:port of a server's cluster port, as in --seed 10.0.0.1:25520)");
    }
    if (roles.isServer()) {
      var _ = ServerStore.requests(config, ArtifactSettings.from(config));
      NetworkParts.check(config);
    }
    if (roles.isFulfiller()) {
      NoopEngineRule.check(FulfillerSettings.from(config, cluster.host()), config);
    }
  }

  private static void awaitUp(ActorSystem<?> system) throws InterruptedException {
    CompletableFuture<Done> up = new CompletableFuture<>();
    Cluster.get(system).registerOnMemberUp(() -> up.complete(Done.getInstance()));
    await(up, "this node did not become part of its cluster; are its seed nodes there?");
  }

  private static void join(ActorSystem<?> system, ClusterSettings settings) {
    Cluster cluster = Cluster.get(system);
    if (settings.seedNodes().isEmpty()) {
      cluster.join(cluster.selfAddress());
    } else {
      cluster.joinSeedNodes(settings.seedNodes());
    }
  }

  /** Waits for a step of the start. */
  static <T> T await(CompletableFuture<T> step, String otherwise) throws InterruptedException {
    try {
      return step.get(UP_WITHIN_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new CannotStart(otherwise);
    } catch (ExecutionException e) {
      throw new CannotStart(otherwise + " (" + reason(e) + ")");
    }
  }

  private static String reason(ExecutionException e) {
    return String.valueOf(RootCause.of(e).getMessage());
  }

  /** The actors need the database to the end, so it closes when they are gone. */
  private static void closeAfter(ActorSystem<?> system, ServerResources resources) {
    try {
      CoordinatedShutdown.get(system).runAll(CoordinatedShutdown.jvmExitReason());
      system.getWhenTerminated().toCompletableFuture().get(UP_WITHIN_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      system.log().warn("The actors did not end in time; closing the database under them");
    } finally {
      resources.close();
    }
  }

  @Override
  public Optional<URI> url() {
    return url;
  }

  @Override
  public String engine() {
    return engine;
  }

  @Override
  public void awaitTermination() throws InterruptedException {
    try {
      system.getWhenTerminated().toCompletableFuture().get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("the actor system ended with an error", e);
    }
  }
}
