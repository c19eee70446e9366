package org.privateproving.cluster;

import com.typesafe.config.Config;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.apache.pekko.actor.Address;
import org.privateproving.domain.InvalidSetting;
import org.privateproving.domain.SettingsBlock;

/**
 * The settings under {@code private-proving.cluster}; what each means stands in {@code
 * reference.conf}.
 *
 * @param bindHost empty: {@code host}
 * @param bindPort 0: {@code port}
 * @param seedNodes empty: the node is the first of its cluster and joins itself
 * @param service what discovery looks for; empty only for {@link Discovery#SEEDS}
 */
public record ClusterSettings(
    String host,
    int port,
    String bindHost,
    int bindPort,
    Discovery discovery,
    List<Address> seedNodes,
    String service,
    int founders,
    Duration unreachableAfter,
    Duration downAfter,
    Duration rejoinAfter) {
  public static final String PATH = "private-proving.cluster";

  private static final int MAX_PORT = 65535;
  private static final int MAX_FOUNDERS = 100;
  // Below this a busy machine takes its neighbours for dead.
  private static final Duration LEAST_SILENCE = Duration.ofSeconds(1);
  private static final Duration MOST_SILENCE = Duration.ofMinutes(1);

  /** How nodes find each other. */
  public enum Discovery {
    SEEDS,
    DNS,
    KUBERNETES
  }

  /**
   * @param config the whole configuration
   * @param system the name of the actor system, the same on all nodes
   * @throws InvalidSetting if a setting is wrong
   */
  public static ClusterSettings from(Config config, String system) {
    SettingsBlock block = new SettingsBlock(config, PATH);
    String host = block.text("host").strip();
    block.require(!host.isEmpty(), "host", "empty", "a host name or an address");
    Discovery discovery = block.text("discovery", ClusterSettings::discovery);
    String service = block.text("service").strip();
    block.require(
        discovery == Discovery.SEEDS || !service.isEmpty(),
        "service",
        "empty",
        "the name that discovery looks for");
    return new ClusterSettings(
        host,
        block.number("port", 0, MAX_PORT),
        block.text("bind-host").strip(),
        block.number("bind-port", 0, MAX_PORT),
        discovery,
        block.texts("seed-nodes", text -> seed(text.strip(), system)),
        service,
        block.number("founders", 1, MAX_FOUNDERS),
        block.duration("unreachable-after", LEAST_SILENCE, MOST_SILENCE),
        block.duration("down-after", LEAST_SILENCE, MOST_SILENCE),
        block.duration("rejoin-after", LEAST_SILENCE, MOST_SILENCE));
  }

  /** Whether there is nobody to look for: the node is the first of its cluster. */
  public boolean isAlone() {
    return discovery == Discovery.SEEDS && seedNodes.isEmpty();
  }

  private static Discovery discovery(String text) {
    return switch (text.strip().toLowerCase(Locale.ROOT)) {
      case "seeds" -> Discovery.SEEDS;
      case "dns" -> Discovery.DNS;
      case "kubernetes" -> Discovery.KUBERNETES;
      default -> throw new IllegalArgumentException(text + " (expected: seeds, dns or kubernetes)");
    };
  }

  private static Address seed(String text, String system) {
    int colon = text.lastIndexOf(':');
    String port = text.substring(colon + 1);
    boolean valid =
        colon > 0 && port.matches("[1-9]\\d{0,4}") && Integer.parseInt(port) <= MAX_PORT;
    if (!valid) {
      throw new IllegalArgumentException(text + " (expected: host:port)");
    }
    return new Address("pekko", system, text.substring(0, colon), Integer.parseInt(port));
  }
}
