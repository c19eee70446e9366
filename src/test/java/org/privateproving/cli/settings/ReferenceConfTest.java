package org.privateproving.cli.settings;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigUtil;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Names every setting, so that none comes or goes unnoticed. */
class ReferenceConfTest {
  private static final Path REFERENCE = Path.of("src/main/resources/reference.conf");
  private static final Set<String> SECRETS =
      Set.of("private-proving.database.password", "private-proving.network.fulfiller-key");

  /** Every key, and a value that is not its default. */
  private static final Map<String, String> SAMPLES = new TreeMap<>();

  static {
    sample("data", "/srv/private-proving");
    sample("network.rpc-url", "https://rpc.example");
    sample("network.schema", "auction");
    sample("network.fulfiller-key", "1234");
    sample("network.fulfiller-key-file", "/etc/key");
    sample("network.fulfiller", "0x1a642f0e3c3af545e7acbd38b07251b3990914f1");
    sample("network.forward", "GetNonce,GetOwner");
    sample("network.forward-authorization", "true");
    sample("network.call-timeout", "7s");
    sample("network.max-calls", "9");
    sample("network.max-waiting", "99");
    sample("network.keep-alive", "21s");
    sample("network.breaker.max-failures", "4");
    sample("network.breaker.pause", "3s");
    sample("network.assignment-wait", "12s");
    sample("network.reconcile-every", "2m");
    sample("network.orphan-grace", "4m");
    sample("network.fail-orphans", "all");
    sample("log-level", "debug");
    sample("database.url", "jdbc:postgresql://db/proofs");
    sample("database.user", "prover");
    sample("database.password", "p=a${s}s#\"w");
    sample("database.pool-size", "11");
    sample("database.queue-size", "12");
    sample("gateway.host", "0.0.0.0");
    sample("gateway.port", "8081");
    sample("gateway.public-url", "https://prover.example");
    sample("gateway.allowed-requesters", "0x01,0x02");
    sample("gateway.listing", "by-requester");
    sample("gateway.max-message-size", "5MiB");
    sample("gateway.call-timeout", "31s");
    sample("gateway.max-deadline", "1d");
    sample("gateway.hold", "1500ms");
    sample("gateway.drain", "21s");
    sample("gateway.transfer-idle", "61s");
    sample("artifacts.max-size", "3GiB");
    sample("artifacts.max-total", "65GiB");
    sample("artifacts.max-uploads", "33");
    sample("artifacts.max-open-per-requester", "257");
    sample("artifacts.unused-after", "25h");
    sample("artifacts.keep-ended", "8d");
    sample("artifacts.clean-every", "11m");
    sample("artifacts.key-source", "memory");
    sample("artifacts.key-file", "/srv/key");
    sample("requests.ask-timeout", "6s");
    sample("requests.lease-term", "16s");
    sample("requests.max-attempts", "4");
    sample("requests.retry-pauses", "2s,6s");
    sample("requests.stall-base", "2h");
    sample("requests.stall-per-megacycle", "2m");
    sample("requests.retry-pauses", "2s,3s");
    sample("requests.max-waiting", "1000");
    sample("requests.max-waiting-per-requester", "100");
    sample("requests.refuse-hopeless", "off");
    sample("network.programs.s3-region", "eu-central-1");
    sample("network.programs.s3-endpoint", "https://s3.example");
    sample("network.programs.max-size", "257MiB");
    sample("network.programs.connect-timeout", "11s");
    sample("network.programs.idle-timeout", "31s");
    sample("network.programs.total-timeout", "11m");
    sample("network.programs.allow-http", "true");
    sample("circuit-versions", "sp1-v5.0.0,sp1-v6.1.0");
    sample("fulfiller.engine", "mock");
    sample("fulfiller.noop-duration", "2s");
    sample("fulfiller.device", "1");
    sample("fulfiller.name", "north");
    sample("fulfiller.max-cycles", "1000");
    sample("fulfiller.max-input", "5GiB");
    sample("fulfiller.program-cache", "9");
    sample("fulfiller.drain", "22s");
    sample("fulfiller.abandon-after", "62s");
    sample("fulfiller.native-library", "/opt/libprivate_proving_bridge.so");
    sample("cluster.host", "10.0.0.1");
    sample("cluster.port", "25521");
    sample("cluster.bind-host", "0.0.0.0");
    sample("cluster.bind-port", "25522");
    sample("cluster.discovery", "dns");
    sample("cluster.service", "servers.example");
    sample("cluster.founders", "3");
    sample("cluster.unreachable-after", "4s");
    sample("cluster.down-after", "5s");
    sample("cluster.rejoin-after", "6s");
    sample("cluster.seed-nodes", "10.0.0.1:25521,10.0.0.2:25521");
    sample("management.host", "10.0.0.1");
    sample("management.port", "8559");
  }

  private static void sample(String key, String value) {
    SAMPLES.put("private-proving." + key, value);
  }

  static Stream<Map.Entry<String, String>> samples() {
    return SAMPLES.entrySet().stream();
  }

  @Test
  void namesEveryKey() {
    assertThat(KnownSettings.ofReference().keys()).isEqualTo(SAMPLES.keySet());
  }

  @ParameterizedTest
  @MethodSource("samples")
  void documentsEveryKey(Map.Entry<String, String> sample) {
    ConfigObject group = ConfigFactory.parseFile(REFERENCE.toFile()).root();
    List<String> path = ConfigUtil.splitPath(sample.getKey());
    for (String name : path.subList(0, path.size() - 1)) {
      group = (ConfigObject) Objects.requireNonNull(group.get(name));
    }
    assertThat(Objects.requireNonNull(group.get(path.getLast())).origin().comments())
        .as("comment above %s", sample.getKey())
        .isNotEmpty();
  }

  @ParameterizedTest
  @MethodSource("samples")
  void takesEveryKeyFromTheEnvironment(Map.Entry<String, String> sample) {
    Config config =
        new SettingsLoader(Map.of(KnownSettings.variable(sample.getKey()), sample.getValue()))
            .load(SettingsSources.none());
    assertIsSet(config, sample);
  }

  @ParameterizedTest
  @MethodSource("samples")
  void takesEveryKeyButSecretsFromAssignments(Map.Entry<String, String> sample) {
    if (!SECRETS.contains(sample.getKey())) {
      String assignment = sample.getKey() + "=" + sample.getValue();
      Config config =
          new SettingsLoader(Map.of())
              .load(new SettingsSources(Map.of(), List.of(assignment), Optional.empty()));
      assertIsSet(config, sample);
    }
  }

  @ParameterizedTest
  @MethodSource("samples")
  void takesEveryKeyFromAFile(Map.Entry<String, String> sample, @TempDir Path folder)
      throws IOException {
    Object value = isList(sample.getKey()) ? items(sample) : sample.getValue();
    Config written = ConfigFactory.parseMap(Map.of(sample.getKey(), value));
    Path file = Files.writeString(folder.resolve("settings.conf"), written.root().render());
    Config config =
        new SettingsLoader(Map.of())
            .load(new SettingsSources(Map.of(), List.of(), Optional.of(file)));
    assertIsSet(config, sample);
  }

  private static void assertIsSet(Config config, Map.Entry<String, String> sample) {
    if (isList(sample.getKey())) {
      assertThat(config.getStringList(sample.getKey())).isEqualTo(items(sample));
    } else {
      assertThat(config.getString(sample.getKey())).isEqualTo(sample.getValue());
    }
  }

  private static boolean isList(String key) {
    return KnownSettings.ofReference().kind(key).orElseThrow() == ValueKind.LIST;
  }

  private static List<String> items(Map.Entry<String, String> sample) {
    return List.of(sample.getValue().split(","));
  }
}
