package org.privateproving.cli;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValueFactory;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.privateproving.cluster.ClusterSettings;
import org.privateproving.cluster.Joining;

/** What a node's configuration holds beyond settings and application.conf. */
final class NodeConfig {
  /** What calls under way are given beyond the time that the gateway gives them itself. */
  private static final Duration DRAIN_MARGIN = Duration.ofSeconds(10);

  private static final Duration HEARTBEAT = Duration.ofMillis(500);

  private static final List<String> DRAINING =
      List.of("before-service-unbind", "service-unbind", "service-requests-done");

  private NodeConfig() {}

  // Of these a node is to start over or to say why it cannot, and not to end its process.
  private static final List<String> OWN_BUSINESS =
      List.of(
          CoordinatedShutdown.clusterDowningReason().getClass().getName(),
          CoordinatedShutdown.clusterJoinUnsuccessfulReason().getClass().getName(),
          CoordinatedShutdown.incompatibleConfigurationDetectedReason().getClass().getName());

  /**
   * For a process that is one node and nothing else: when its actors stop, so does it.
   *
   * @param settings resolved
   */
  static Config of(Config settings, Roles roles) {
    Config node =
        ConfigFactory.parseMap(
            Map.of(
                "pekko.cluster.roles", roles.names(), "pekko.coordinated-shutdown.exit-jvm", true),
            "cli.NodeConfig");
    Duration drain = settings.getDuration("private-proving.gateway.drain").plus(DRAIN_MARGIN);
    for (String phase : DRAINING) {
      node = withPhase(node, phase, drain);
    }
    // Where the fulfiller finishes its proof.
    Duration proof = settings.getDuration("private-proving.fulfiller.drain").plus(DRAIN_MARGIN);
    node = withPhase(node, CoordinatedShutdown.PhaseServiceStop(), proof);
    for (String reason : OWN_BUSINESS) {
      node =
          node.withValue(
              "pekko.coordinated-shutdown.reason-overrides."
                  + ConfigUtil.joinPath(reason)
                  + ".exit-jvm",
              ConfigValueFactory.fromAnyRef(false));
    }
    ClusterSettings cluster = ClusterSettings.from(settings, Node.SYSTEM_NAME);
    return membership(cluster)
        .withFallback(
            Joining.config(
                cluster, roles.isServer(), settings.getInt("private-proving.management.port")))
        .withFallback(node)
        .withFallback(settings);
  }

  private static Config withPhase(Config node, String phase, Duration timeout) {
    return node.withValue(
        "pekko.coordinated-shutdown.phases." + phase + ".timeout",
        ConfigValueFactory.fromAnyRef(timeout));
  }

  private static Config membership(ClusterSettings cluster) {
    Map<String, Object> values = new HashMap<>();
    if (cluster.bindPort() != 0) {
      values.put("pekko.remote.artery.bind.port", cluster.bindPort());
    }
    values.put("pekko.remote.artery.bind.hostname", cluster.bindHost());
    values.put(
        "pekko.cluster.failure-detector.acceptable-heartbeat-pause",
        // The detector adds one interval.
        cluster.unreachableAfter().minus(HEARTBEAT));
    values.put("pekko.cluster.failure-detector.heartbeat-interval", HEARTBEAT);
    values.put("pekko.cluster.split-brain-resolver.stable-after", cluster.downAfter());
    return ConfigFactory.parseMap(values, "cli.NodeConfig");
  }

  /** The same, on a port that was any free one before: clients that know it find it again. */
  static Config withGatewayPort(Config config, int port) {
    return config.withValue("private-proving.gateway.port", ConfigValueFactory.fromAnyRef(port));
  }

  /**
   * The same with the address of a database that was found or started after the settings were read.
   */
  static Config withDatabase(Config config, String url, String user, String password) {
    Config database =
        ConfigFactory.parseMap(
            Map.of("url", url, "user", user, "password", password), "embedded database");
    return database
        .atPath("private-proving.database")
        .withFallback(database.atPath("pekko-persistence-jdbc.shared-databases.slick.db"))
        .withFallback(config);
  }
}
