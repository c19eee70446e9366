package org.privateproving.cluster;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.management.cluster.bootstrap.ClusterBootstrap;

/** How a node comes into its cluster, or founds one. Only servers found clusters. */
public final class Joining {
  private static final String BOOTSTRAP = "pekko.management.cluster.bootstrap.";

  private Joining() {}

  /**
   * What Pekko has to be told about it.
   *
   * @param managementPort where nodes that look for each other ask
   */
  public static Config config(ClusterSettings settings, boolean server, int managementPort) {
    if (settings.discovery() == ClusterSettings.Discovery.SEEDS) {
      return ConfigFactory.empty();
    }
    String method =
        settings.discovery() == ClusterSettings.Discovery.DNS ? "pekko-dns" : "kubernetes-api";
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("pekko.discovery.method", method);
    values.put(BOOTSTRAP + "new-cluster-enabled", server);
    values.put(BOOTSTRAP + "contact-point-discovery.discovery-method", method);
    values.put(BOOTSTRAP + "contact-point-discovery.service-name", settings.service());
    values.put(
        BOOTSTRAP + "contact-point-discovery.required-contact-point-nr", settings.founders());
    values.put(BOOTSTRAP + "contact-point.fallback-port", managementPort);
    return ConfigFactory.parseMap(values, "cluster.Joining");
  }

  /** Begins; the cluster's extension says when the node is in. The management port must be open. */
  public static void begin(ActorSystem<?> system, ClusterSettings settings) {
    Cluster cluster = Cluster.get(system);
    switch (settings.discovery()) {
      case SEEDS -> {
        if (settings.isAlone()) {
          cluster.join(cluster.selfAddress());
        } else {
          cluster.joinSeedNodes(settings.seedNodes());
        }
      }
      case DNS, KUBERNETES -> ClusterBootstrap.get(system).start();
    }
  }
}
