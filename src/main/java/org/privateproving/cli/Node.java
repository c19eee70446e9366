package org.privateproving.cli;

import com.typesafe.config.Config;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.privateproving.artifact.ArtifactSettings;
import org.privateproving.cluster.ClusterSettings;
import org.privateproving.domain.InvalidSetting;
import org.privateproving.domain.RootCause;
import org.privateproving.fulfiller.FulfillerSettings;
import org.privateproving.fulfiller.Workplace;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node of a cluster. What has to outlive the actors (the database, its server, the device) is
 * opened before them and closed after them; the actors themselves are an {@link Incarnation}, and
 * the next one when the cluster was lost.
 */
final class Node implements RunningNode {
  static final String SYSTEM_NAME = "private-proving";

  private static final Logger LOG = LoggerFactory.getLogger(Node.class);
  private static final long STEP_WITHIN_SECONDS = 120;
  private static final Duration TRY_AGAIN_AFTER = Duration.ofSeconds(3);

  private final Premises premises;
  private Config config;
  private @Nullable Incarnation current;
  private boolean stopping;
  private volatile Optional<URI> url = Optional.empty();

  private Node(Premises premises) {
    this.premises = premises;
    this.config = premises.config();
  }

  /** See {@link NodeStarter#start}. */
  static RunningNode start(Roles roles, Config config, ProgressLine progress)
      throws InterruptedException {
    ClusterSettings cluster = ClusterSettings.from(config, SYSTEM_NAME);
    checkSettings(roles, config, cluster);
    Ports.check(config, roles);
    Node node = new Node(open(roles, config, cluster, progress));
    // From here on the end of the process, however it comes, closes everything in its order.
    Runtime.getRuntime().addShutdownHook(new Thread(node::close, "close"));
    node.settleFirst();
    return node;
  }

  private static Premises open(
      Roles roles, Config config, ClusterSettings cluster, ProgressLine progress) {
    ServerResources resources =
        roles.isServer() ? ServerResources.open(config) : ServerResources.none(config);
    FulfillerSettings fulfiller =
        roles.isFulfiller() ? FulfillerSettings.from(config, cluster.host()) : null;
    return new Premises(
        roles,
        cluster,
        resources,
        fulfiller,
        fulfiller == null ? null : new Workplace(fulfiller),
        progress,
        Clock.systemUTC());
  }

  /**
   * A wrong value is refused before anything is started.
   *
   * @throws InvalidSetting naming it
   */
  static void checkSettings(Roles roles, Config config, ClusterSettings cluster) {
    if (!roles.isServer() && cluster.isAlone()) {
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

  /** Empty once the process is about to end. */
  private synchronized Optional<Incarnation> begin() {
    if (stopping) {
      return Optional.empty();
    }
    current = new Incarnation(premises, config);
    return Optional.of(current);
  }

  private void settle(Incarnation incarnation) throws InterruptedException {
    Optional<ServerParts.Opened> open = incarnation.settle();
    url = open.map(ServerParts.Opened::url);
    // Clients know this node by the port that it got first.
    open.ifPresent(opened -> config = NodeConfig.withGatewayPort(config, opened.port()));
  }

  /** The way into a cluster: on a busy machine a node may be taken for dead while it joins. */
  private void settleFirst() throws InterruptedException {
    Incarnation first = begin().orElseThrow();
    try {
      settle(first);
    } catch (CannotStart e) {
      if (!first.isLost()) {
        throw e;
      }
      LOG.warn("Taken for dead while it joined; joining again");
      startOver();
    }
  }

  /** The way back into a cluster, for as long as it takes. */
  private void startOver() throws InterruptedException {
    while (true) {
      Optional<Incarnation> next = begin();
      if (next.isEmpty()) {
        return;
      }
      try {
        settle(next.get());
        return;
      } catch (CannotStart e) {
        LOG.warn("Not back in a cluster: {}; again in a moment", e.getMessage());
        next.get().discard();
        Thread.sleep(TRY_AGAIN_AFTER);
      }
    }
  }

  private void close() {
    Incarnation last;
    synchronized (this) {
      stopping = true;
      last = current;
    }
    if (last != null) {
      last.stop();
    }
    premises.close();
  }

  /** Waits for a step of the start. */
  static <T> T await(CompletableFuture<T> step, String otherwise) throws InterruptedException {
    try {
      return step.get(STEP_WITHIN_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new CannotStart(otherwise);
    } catch (ExecutionException e) {
      throw new CannotStart(otherwise + " (" + reason(e) + ")");
    }
  }

  private static String reason(ExecutionException e) {
    return String.valueOf(RootCause.of(e).getMessage());
  }

  @Override
  public Optional<URI> url() {
    return url;
  }

  @Override
  public String engine() {
    FulfillerSettings fulfiller = premises.fulfiller();
    return fulfiller == null ? "" : fulfiller.engine().name().toLowerCase(Locale.ROOT);
  }

  @Override
  public void awaitTermination() throws InterruptedException {
    while (isLost()) {
      LOG.warn("Lost its cluster; joining again");
      startOver();
    }
  }

  private boolean isLost() throws InterruptedException {
    Incarnation incarnation;
    synchronized (this) {
      incarnation = current;
    }
    if (incarnation == null || !incarnation.awaitLoss()) {
      return false;
    }
    synchronized (this) {
      return !stopping;
    }
  }
}
