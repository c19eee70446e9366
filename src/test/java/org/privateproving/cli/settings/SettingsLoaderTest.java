package org.privateproving.cli.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.privateproving.domain.InvalidSetting;

class SettingsLoaderTest {
  private static final String PORT = "private-proving.gateway.port";

  @TempDir Path folder;

  @Test
  void prefersFlagsToAssignmentsToEnvironmentToFileToDefaults() throws IOException {
    Map<String, Object> flags = Map.of(PORT, "1");
    List<String> assignments = List.of("gateway.port=2");
    Map<String, String> environment = Map.of("PRIVATE_PROVING_GATEWAY_PORT", "3");
    Optional<Path> file = Optional.of(file("private-proving.gateway.port = 4"));

    assertThat(port(flags, assignments, environment, file)).isEqualTo(1);
    assertThat(port(Map.of(), assignments, environment, file)).isEqualTo(2);
    assertThat(port(Map.of(), List.of(), environment, file)).isEqualTo(3);
    assertThat(port(Map.of(), List.of(), Map.of(), file)).isEqualTo(4);
    assertThat(port(Map.of(), List.of(), Map.of(), Optional.empty())).isEqualTo(8080);
  }

  @Test
  void takesTheLastOfTwoAssignmentsOfOneKey() {
    assertThat(set("gateway.port=1", "private-proving.gateway.port=2").getInt(PORT)).isEqualTo(2);
  }

  @Test
  void handsSettingsOnToTheLibraries() {
    Config config =
        set(
            "cluster.host=10.0.0.7",
            "cluster.port=7000",
            "management.port=7001",
            "database.url=jdbc:postgresql://db/proofs",
            "database.pool-size=7");

    assertThat(config.getString("pekko.remote.artery.canonical.hostname")).isEqualTo("10.0.0.7");
    assertThat(config.getInt("pekko.remote.artery.canonical.port")).isEqualTo(7000);
    assertThat(config.getInt("pekko.management.http.port")).isEqualTo(7001);
    Config pool = config.getConfig("pekko-persistence-jdbc.shared-databases.slick.db");
    assertThat(pool.getString("url")).isEqualTo("jdbc:postgresql://db/proofs");
    assertThat(pool.getInt("numThreads")).isEqualTo(7);
    assertThat(pool.getInt("maxConnections")).isEqualTo(7);
  }

  @Test
  void letsAFileAndAssignmentsTuneThePekkoSide() throws IOException {
    assertThat(file(file("pekko.loglevel = DEBUG")).getString("pekko.loglevel")).isEqualTo("DEBUG");
    assertThat(set("pekko.loglevel=DEBUG").getString("pekko.loglevel")).isEqualTo("DEBUG");
  }

  @Test
  void resolvesSubstitutionsInAFile() throws IOException {
    Path file =
        file(
            "private-proving { cluster.port = 7000, gateway.port = ${private-proving.cluster.port} }");
    assertThat(file(file).getInt(PORT)).isEqualTo(7000);
  }

  @Test
  void ignoresSystemPropertiesThatLookLikeSettings() {
    System.setProperty(PORT, "1");
    try {
      assertThat(set().getInt(PORT)).isEqualTo(8080);
    } finally {
      System.clearProperty(PORT);
    }
  }

  @Test
  void takesListsFromTheEnvironmentInEitherNotation() {
    assertThat(requesters("0x01, 0x02")).containsExactly("0x01", "0x02");
    assertThat(requesters("[\"0x01\", \"0x02\"]")).containsExactly("0x01", "0x02");
    assertThat(requesters("")).isEmpty();
  }

  @Test
  void refusesUnknownKeysAndNamesTheNearest() throws IOException {
    Path file = file("private-proving { gateway { prot = 1 } }");
    assertThatThrownBy(() -> file(file))
        .isInstanceOf(InvalidSetting.class)
        .hasMessage(
            "private-proving.gateway.prot: no such setting (did you mean %s?), in %s", PORT, file);
    assertThatThrownBy(() -> set("gateway.prot=1"))
        .isInstanceOf(InvalidSetting.class)
        .hasMessageContaining("did you mean " + PORT + "?");
    assertThatThrownBy(() -> environment(Map.of("PRIVATE_PROVING_GATEWAY_PROT", "1")))
        .isInstanceOf(InvalidSetting.class)
        .hasMessage(
            "PRIVATE_PROVING_GATEWAY_PROT: no such setting"
                + " (did you mean PRIVATE_PROVING_GATEWAY_PORT?)");
  }

  @Test
  void refusesUnknownGroupsAndGroupsThatAreValues() throws IOException {
    Path strange = file("gateway.port = 1");
    assertThatThrownBy(() -> file(strange)).hasMessageContaining("gateway: no such group");
    Path flat = file("private-proving.gateway = 1");
    assertThatThrownBy(() -> file(flat))
        .hasMessage("private-proving.gateway: 1 (expected: a group of settings)");
    assertThatThrownBy(() -> set("gateway=1"))
        .hasMessage("private-proving.gateway: a group of settings, in --set");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          gateway.port=eighty            | private-proving.gateway.port: eighty (expected: a whole number)
          gateway.port=80.5              | private-proving.gateway.port: 80.5 (expected: a whole number)
          gateway.port=                  | private-proving.gateway.port:  (expected: a whole number)
          gateway.hold=3                 | private-proving.gateway.hold: 3 (expected: a duration such as 500ms, 3s, 5m, 1h or 7d)
          gateway.hold=-3s               | private-proving.gateway.hold: -3s (expected: a duration such as 500ms, 3s, 5m, 1h or 7d)
          gateway.hold=soon              | private-proving.gateway.hold: soon (expected: a duration such as 500ms, 3s, 5m, 1h or 7d)
          artifacts.max-size=huge        | private-proving.artifacts.max-size: huge (expected: a size such as 64KiB, 4MiB or 2GiB)
          artifacts.max-size=-1          | private-proving.artifacts.max-size: -1 (expected: a size such as 64KiB, 4MiB or 2GiB)
          cluster.seed-nodes=[1          | --set: [1 (expected: a list of texts such as ["a", "b"])
          gateway.port                   | --set: gateway.port (expected: key=value)
          """)
  void refusesValuesOfTheWrongKind(String assignment, String message) {
    assertThatThrownBy(() -> set(assignment))
        .isInstanceOf(InvalidSetting.class)
        .satisfies(e -> assertThat(e.getStackTrace()).isEmpty())
        .hasMessage(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          gateway.port = null            | private-proving.gateway.port: null (expected: a whole number)
          gateway.port = { }             | private-proving.gateway.port: a group (expected: a whole number)
          gateway.port = [1, 2]          | private-proving.gateway.port: [1, 2] (expected: a whole number)
          gateway.port = 80.5            | private-proving.gateway.port: 80.5 (expected: a whole number)
          gateway.hold = 3               | private-proving.gateway.hold: 3 (expected: a duration such as 500ms, 3s, 5m, 1h or 7d)
          circuit-versions = sp1-v6.1.0  | private-proving.circuit-versions: sp1-v6.1.0 (expected: a list of texts such as ["a", "b"])
          """)
  void refusesValuesOfTheWrongKindInAFile(String line, String message) throws IOException {
    Path file = file("private-proving." + line);
    assertThatThrownBy(() -> file(file)).isInstanceOf(InvalidSetting.class).hasMessage(message);
  }

  @Test
  void showsNoTextOfAListInTheWrongPlaceSinceItMayBeAUrlWithCredentials() {
    assertThatThrownBy(
            () ->
                file(file("private-proving.network.rpc-url = [\"https://u:marker@rpc.example\"]")))
        .hasMessageContaining("rpc-url: a list (expected: text)")
        .hasMessageNotContaining("marker");
  }

  @Test
  void takesSecretsFromEnvironmentAndFileOnlyAndNeverShowsThem() throws IOException {
    assertThatThrownBy(() -> set("database.password=marker"))
        .isInstanceOf(InvalidSetting.class)
        .hasMessageContaining("PRIVATE_PROVING_DATABASE_PASSWORD")
        .hasMessageNotContaining("marker");
    Path list = file("private-proving.database.password = [marker]");
    assertThatThrownBy(() -> file(list)).hasMessageNotContaining("marker");
    Path broken = file("private-proving.database.password = \"marker");
    assertThatThrownBy(() -> file(broken))
        .isInstanceOf(InvalidSetting.class)
        .hasMessageContaining(broken.getFileName() + ": 1")
        .hasMessageNotContaining("marker");
  }

  @Test
  void refusesAFileThatIsMissingAndASubstitutionThatLeadsNowhere() throws IOException {
    Path missing = folder.resolve("missing.conf");
    assertThatThrownBy(() -> file(missing))
        .hasMessage("--config: %s (expected: a file that can be read)", missing);
    Path astray = file("private-proving.gateway.host = ${nowhere}");
    assertThatThrownBy(() -> file(astray)).isInstanceOf(InvalidSetting.class);
  }

  @Test
  void leavesVariablesAloneThatAreNoSettings() {
    Map<String, String> launcher =
        Map.of(
            "PRIVATE_PROVING_JAVA_OPTS", "-Xmx1g", "PRIVATE_PROVING_CONFIG", "x", "PATH", "/bin");
    assertThat(environment(launcher).getInt(PORT)).isEqualTo(8080);
  }

  @Test
  void leavesKubernetesServiceLinksAlone() {
    Map<String, String> links =
        Map.of(
            "KUBERNETES_SERVICE_HOST", "10.0.0.1",
            "PRIVATE_PROVING_SERVICE_HOST", "10.0.0.2",
            "PRIVATE_PROVING_PORT_8080_TCP_ADDR", "10.0.0.2",
            "PRIVATE_PROVING_GATEWAY_PORT", "tcp://10.0.0.2:8080");
    assertThat(environment(links).getInt(PORT)).isEqualTo(8080);
  }

  private int port(
      Map<String, Object> flags,
      List<String> assignments,
      Map<String, String> environment,
      Optional<Path> file) {
    return new SettingsLoader(environment)
        .load(new SettingsSources(flags, assignments, file))
        .getInt(PORT);
  }

  private static List<String> requesters(String value) {
    return environment(Map.of("PRIVATE_PROVING_GATEWAY_ALLOWED_REQUESTERS", value))
        .getStringList("private-proving.gateway.allowed-requesters");
  }

  private static Config environment(Map<String, String> environment) {
    return new SettingsLoader(environment).load(SettingsSources.none());
  }

  private static Config set(String... assignments) {
    return new SettingsLoader(Map.of())
        .load(new SettingsSources(Map.of(), List.of(assignments), Optional.empty()));
  }

  private static Config file(Path file) {
    return new SettingsLoader(Map.of())
        .load(new SettingsSources(Map.of(), List.of(), Optional.of(file)));
  }

  private Path file(String content) throws IOException {
    return Files.writeString(folder.resolve("settings.conf"), content);
  }
}
