package org.privateproving.cli;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** What a node's configuration holds beyond settings and application.conf. */
final class NodeConfig {
  /** What calls under way are given beyond the time that the gateway gives them itself. */
  private static final Duration DRAIN_MARGIN = Duration.ofSeconds(10);

  private static final List<String> DRAINING =
      List.of("before-service-unbind", "service-unbind", "service-requests-done", "service-stop");

  private NodeConfig() {}

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
      node =
          node.withValue(
              "pekko.coordinated-shutdown.phases." + phase + ".timeout",
              ConfigValueFactory.fromAnyRef(drain));
    }
    return node.withFallback(settings);
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
