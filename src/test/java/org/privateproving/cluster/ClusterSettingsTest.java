package org.privateproving.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.List;
import java.util.Map;
import org.apache.pekko.actor.Address;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.privateproving.domain.InvalidSetting;

class ClusterSettingsTest {
  @Test
  void readsSeedNodesAsAddressesOfTheSystem() {
    ClusterSettings settings = ClusterSettings.from(config(1, "one:25520", "10.0.0.2:1"), "nodes");
    assertThat(settings.seedNodes())
        .containsExactly(
            new Address("pekko", "nodes", "one", 25520),
            new Address("pekko", "nodes", "10.0.0.2", 1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"one", "one:", ":1", "one:0", "one:65536", "one:x", "one:999999"})
  void refusesSeedNodesThatAreNoAddresses(String seed) {
    assertThatThrownBy(() -> ClusterSettings.from(config(1, seed), "nodes"))
        .isInstanceOf(InvalidSetting.class)
        .hasMessage("private-proving.cluster.seed-nodes: %s (expected: host:port)", seed);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 65536})
  void refusesPortsThatThereAreNot(int port) {
    assertThatThrownBy(() -> ClusterSettings.from(config(port), "nodes"))
        .hasMessage("private-proving.cluster.port: %d (expected: 0 to 65535)", port);
  }

  @Test
  void needsANameToDiscover() {
    assertThatThrownBy(() -> ClusterSettings.from(with("discovery", "dns"), "nodes"))
        .isInstanceOf(InvalidSetting.class)
        .hasMessage(
            "private-proving.cluster.service: empty (expected: the name that discovery looks for)");
  }

  @Test
  void knowsNoOtherDiscovery() {
    assertThatThrownBy(() -> ClusterSettings.from(with("discovery", "luck"), "nodes"))
        .hasMessage("private-proving.cluster.discovery: luck (expected: seeds, dns or kubernetes)");
  }

  @Test
  void isAloneWithoutSeedsUnlessItDiscovers() {
    assertThat(ClusterSettings.from(config(1), "nodes").isAlone()).isTrue();
    assertThat(ClusterSettings.from(config(1, "one:1"), "nodes").isAlone()).isFalse();
    Config dns = with(Map.of("discovery", "dns", "service", "servers"));
    assertThat(ClusterSettings.from(dns, "nodes").isAlone()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"unreachable-after", "down-after", "rejoin-after"})
  void refusesPatienceThatABusyMachineWouldExhaust(String key) {
    assertThatThrownBy(() -> ClusterSettings.from(with(key, "900ms"), "nodes"))
        .hasMessage("private-proving.cluster.%s: 900ms (expected: 1000ms to 60000ms)", key);
  }

  private static Config config(int port, String... seeds) {
    return with(Map.of("port", port, "seed-nodes", List.of(seeds)));
  }

  private static Config with(String key, Object value) {
    return with(Map.of(key, value));
  }

  private static Config with(Map<String, Object> values) {
    return ConfigFactory.parseMap(values)
        .atPath(ClusterSettings.PATH)
        .withFallback(ConfigFactory.load());
  }
}
