package org.privateproving.cli;

import com.typesafe.config.Config;
import java.util.List;
import org.apache.pekko.actor.Address;
import org.privateproving.domain.InvalidSetting;
import org.privateproving.domain.SettingsBlock;

/**
 * The settings under {@code private-proving.cluster}; what each means stands in {@code
 * reference.conf}.
 *
 * @param seedNodes empty: the node is the first of its cluster and joins itself
 */
record ClusterSettings(String host, int port, List<Address> seedNodes) {
  static final String PATH = "private-proving.cluster";
  private static final int MAX_PORT = 65535;

  /**
   * @param config the whole configuration
   * @param system the name of the actor system, the same on all nodes
   * @throws InvalidSetting if a setting is wrong
   */
  static ClusterSettings from(Config config, String system) {
    SettingsBlock block = new SettingsBlock(config, PATH);
    String host = block.text("host").strip();
    block.require(!host.isEmpty(), "host", "empty", "a host name or an address");
    int port = block.number("port", 0, MAX_PORT);
    List<Address> seeds = block.texts("seed-nodes", text -> seed(text.strip(), system));
    return new ClusterSettings(host, port, seeds);
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
