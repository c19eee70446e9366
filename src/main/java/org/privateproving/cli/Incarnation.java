package org.privateproving.cli;

import com.typesafe.config.Config;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.Done;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.management.javadsl.PekkoManagement;
import org.privateproving.cluster.ClusterLost;
import org.privateproving.cluster.Joining;
import org.privateproving.cluster.ServerWatch;
import org.privateproving.network.upstream.UpstreamSettings;
import org.privateproving.sp1.EngineKind;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One life of a node: an actor system and all that runs in it, from joining the cluster to the end.
 * A node that loses its cluster ends it and begins another.
 */
final class Incarnation {
  private static final Logger LOG = LoggerFactory.getLogger(Incarnation.class);
  // Beyond what draining may take.
  private static final Duration STOPPED_WITHIN = Duration.ofMinutes(2);
  private static final Duration SAY_EVERY = Duration.ofSeconds(30);

  private final Premises premises;
  private final Config config;
  private final ActorSystem<?> system;

  /** Makes the actor system, and begins nothing yet. */
  Incarnation(Premises premises, Config config) {
    this.premises = premises;
    this.config = config;
    this.system = ActorSystem.create(Behaviors.empty(), Node.SYSTEM_NAME, premises.setup(config));
  }

  /**
   * Joins, and starts what the node is there for. Returns what is open to clients, if it is a
   * server. How long that takes is up to those that it waits for.
   *
   * @throws CannotStart if that is not to be, also because it is stopped meanwhile
   */
  Optional<ServerParts.Opened> settle() throws InterruptedException {
    Roles roles = premises.roles();
    // First, since nodes that look for each other ask there.
    Node.await(
        PekkoManagement.get(system).start().toCompletableFuture(),
        "the management port " + config.getInt("private-proving.management.port") + " is in use");
    Joining.begin(system, premises.cluster());
    ClusterParts parts = ClusterParts.start(system, roles, premises.resources(), premises.clock());
    awaitUp();
    Optional<ServerParts.Opened> open = Optional.empty();
    if (roles.isServer()) {
      ServerParts.Opened opened = ServerParts.start(system, parts, config, premises.clock());
      open = Optional.of(opened);
      premises
          .progress()
          .done(
              "node",
              OperatorLines.ready(
                  opened.url().toString(),
                  UpstreamSettings.isConfigured(config) ? "network" : "hosted",
                  ServerResources.data(config)));
    } else {
      watchServers();
    }
    if (roles.isFulfiller()) {
      var settings = Objects.requireNonNull(premises.fulfiller());
      if (!roles.isServer()) {
        premises.progress().done("node", OperatorLines.joined(settings.name()));
      }
      if (settings.engine() == EngineKind.NOOP) {
        premises.progress().done("noop", OperatorLines.noopEngine());
      }
      FulfillerParts.start(
          system,
          parts,
          roles,
          settings,
          Objects.requireNonNull(premises.workplace()),
          premises.progress(),
          premises.clock());
    }
    return open;
  }

  /** Others may not be there yet, and it may be the first that is started. */
  private void awaitUp() throws InterruptedException {
    CompletableFuture<Done> up = new CompletableFuture<>();
    Cluster.get(system).registerOnMemberUp(() -> up.complete(Done.getInstance()));
    CompletableFuture<?> end = system.getWhenTerminated().toCompletableFuture();
    while (true) {
      try {
        CompletableFuture.anyOf(up, end).get(SAY_EVERY.toSeconds(), TimeUnit.SECONDS);
        if (up.isDone()) {
          return;
        }
        throw new CannotStart(whyNotUp());
      } catch (TimeoutException e) {
        LOG.warn("Not part of a cluster yet: none of the nodes to join answers; still trying");
      } catch (ExecutionException e) {
        throw new CannotStart("the actor system ended with an error while it joined");
      }
    }
  }

  private String whyNotUp() {
    boolean refused =
        CoordinatedShutdown.get(system)
            .getShutdownReason()
            .filter(CoordinatedShutdown.incompatibleConfigurationDetectedReason()::equals)
            .isPresent();
    return refused
        ? "the cluster does not take it in; unless the log says otherwise, it has another cluster"
            + " key: all servers need the same artifacts.key-file, and with artifacts.key-source ="
            + " memory there can be but one server"
        : "stopped before it was part of a cluster";
  }

  private void watchServers() {
    var watch =
        ServerWatch.create(
            Roles.SERVER_ROLE,
            premises.cluster().rejoinAfter(),
            premises.clock(),
            () -> {
              LOG.warn("No server is in sight any more");
              Cluster.get(system).down(Cluster.get(system).selfAddress());
            });
    var _ = system.systemActorOf(watch, "server-watch", Props.empty());
  }

  /**
   * Waits for the end; says whether the node is to begin anew, since it is only its cluster that it
   * has lost.
   */
  boolean awaitLoss() throws InterruptedException {
    try {
      system.getWhenTerminated().toCompletableFuture().get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("the actor system ended with an error", e);
    }
    return isLost();
  }

  /** Whether it is only its cluster that it has lost. */
  boolean isLost() {
    return ClusterLost.is(system);
  }

  /** Ends it, whatever it is at. */
  void stop() {
    try {
      CoordinatedShutdown.get(system).runAll(CoordinatedShutdown.jvmExitReason());
      system
          .getWhenTerminated()
          .toCompletableFuture()
          .get(STOPPED_WITHIN.plus(drain()).toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("The actors did not end in time; what they need is closed under them");
    }
  }

  private Duration drain() {
    return config.getDuration("private-proving.fulfiller.drain");
  }

  /** Ends it without ado, after a beginning that failed. */
  void discard() {
    system.terminate();
    try {
      system
          .getWhenTerminated()
          .toCompletableFuture()
          .get(STOPPED_WITHIN.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("The actors did not end in time");
    }
  }
}
