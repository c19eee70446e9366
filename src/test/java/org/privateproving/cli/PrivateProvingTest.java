package org.privateproving.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.privateproving.domain.InvalidSetting;
import picocli.CommandLine;

@ExtendWith(LogLevels.class)
class PrivateProvingTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final StringWriter err = new StringWriter();
  private @Nullable Roles roles;
  private @Nullable Config config;

  private final NodeStarter starter =
      (roles, config, progress) -> {
        this.roles = roles;
        this.config = config;
        progress.done("node", "ready");
        return new EndedNode();
      };

  /** A node that has nothing to do. */
  private record EndedNode() implements RunningNode {
    @Override
    public Optional<URI> url() {
      return Optional.empty();
    }

    @Override
    public String engine() {
      return "mock";
    }

    @Override
    public void awaitTermination() {}
  }

  @AfterEach
  void logAsBefore() {
    Logging.level(ConfigFactory.parseString("private-proving.log-level = info"));
  }

  @Test
  void upRunsServerAndFulfillerWithTheSettingsItsFlagsName() {
    int status =
        run(
            "up --engine mock --device 1 --host 0.0.0.0 --port 8081 --management-port 8559"
                + " --data /srv/pp --log-level debug --set gateway.hold=5s");

    assertThat(err.toString()).isEmpty();
    assertThat(status).isZero();
    assertThat(roles).isEqualTo(Roles.SERVER_AND_FULFILLER);
    assertThat(text("fulfiller.engine")).isEqualTo("mock");
    assertThat(text("fulfiller.device")).isEqualTo("1");
    assertThat(text("gateway.host")).isEqualTo("0.0.0.0");
    assertThat(text("gateway.port")).isEqualTo("8081");
    assertThat(text("management.port")).isEqualTo("8559");
    assertThat(text("data")).isEqualTo("/srv/pp");
    assertThat(text("log-level")).isEqualTo("debug");
    assertThat(text("gateway.hold")).isEqualTo("5s");
    assertThat(printed()).isEqualTo("ready\n");
  }

  @Test
  void serverAndFulfillerTakeSeedsAndTheirOwnPlaceInTheCluster() {
    String cluster = " --seed a:1 --seed b:2 --cluster-host c --cluster-port 3";
    assertThat(run("server --database-url jdbc:postgresql://db/x" + cluster)).isZero();
    assertThat(roles).isEqualTo(Roles.SERVER);
    assertThat(text("database.url")).isEqualTo("jdbc:postgresql://db/x");
    assertThat(seeds()).containsExactly("a:1", "b:2");

    assertThat(run("fulfiller --engine cuda" + cluster)).isZero();
    assertThat(roles).isEqualTo(Roles.FULFILLER);
    assertThat(seeds()).containsExactly("a:1", "b:2");
    assertThat(text("cluster.host")).isEqualTo("c");
    assertThat(text("cluster.port")).isEqualTo("3");
  }

  @Test
  void readsTheFileGivenWithConfig(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("settings.conf");
    Files.writeString(file, "private-proving.gateway.port = 8082");
    assertThat(run("up --config " + file)).isZero();
    assertThat(text("gateway.port")).isEqualTo("8082");
  }

  @Test
  void saysInOneLineWhatIsWrongWithASetting() {
    assertThat(run("up --port eighty")).isEqualTo(PrivateProving.USAGE);
    assertThat(err.toString())
        .isEqualTo("private-proving.gateway.port: eighty (expected: a whole number)\n");
    assertThat(roles).isNull();
  }

  @Test
  void saysInOneLineWhatAPackageHasAgainstASetting() {
    NodeStarter refusing =
        (roles, config, progress) -> {
          throw new InvalidSetting("private-proving.gateway.port", "99999 (expected: 0 to 65535)");
        };
    assertThat(run(refusing, "up --port 99999")).isEqualTo(PrivateProving.USAGE);
    assertThat(err.toString())
        .isEqualTo("private-proving.gateway.port: 99999 (expected: 0 to 65535)\n");
  }

  @Test
  void saysInOneLineWhatTheMachineLacks() {
    NodeStarter lacking =
        (roles, config, progress) -> {
          throw new CannotStart("the clients' port 8080 is in use");
        };
    assertThat(run(lacking, "up")).isEqualTo(PrivateProving.FAILURE);
    assertThat(err.toString()).isEqualTo("the clients' port 8080 is in use\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"up --prot 1", "upp", "up extra", "server --engine cpu"})
  void saysInOneLineThatACommandLineMakesNoSense(String line) {
    assertThat(run(line)).isEqualTo(PrivateProving.USAGE);
    assertThat(err.toString().lines()).singleElement().asString().contains("--help");
    assertThat(roles).isNull();
  }

  @Test
  void refusesALogLevelThatThereIsNot() {
    assertThat(run("up --log-level loud")).isEqualTo(PrivateProving.USAGE);
    assertThat(err.toString())
        .isEqualTo("private-proving.log-level: loud (expected: error, warn, info, debug, trace)\n");
  }

  @Test
  void listsItsCommandsWhenNoneIsGiven() {
    assertThat(run("")).isEqualTo(PrivateProving.USAGE);
    assertThat(printed())
        .contains("up", "server", "fulfiller", "doctor", "bench", "version", "build");
  }

  @ParameterizedTest
  @ValueSource(strings = {"up", "server", "fulfiller", "doctor", "bench", "version", "build"})
  void everyCommandExplainsItself(String command) {
    StringWriter help = new StringWriter();
    CommandLine program = commandLine(starter).setOut(new PrintWriter(help, true));
    assertThat(program.execute(command, "--help")).isZero();
    assertThat(help.toString()).startsWith("Usage: private-proving " + command);
    assertThat(roles).isNull();
  }

  @Test
  void saysThatTheLauncherBuilds() {
    assertThat(run("build")).isEqualTo(PrivateProving.FAILURE);
    assertThat(err.toString()).contains("./private-proving build");
  }

  private int run(String line) {
    return run(starter, line);
  }

  private int run(NodeStarter starter, String line) {
    String[] arguments = line.isEmpty() ? new String[0] : line.split(" ");
    return commandLine(starter).execute(arguments);
  }

  private CommandLine commandLine(NodeStarter starter) {
    return PrivateProving.commandLine(Map.of(), starter, new Terminal(out, false))
        .setErr(new PrintWriter(err, true));
  }

  private String text(String key) {
    return Objects.requireNonNull(config).getString("private-proving." + key);
  }

  private List<String> seeds() {
    return Objects.requireNonNull(config).getStringList("private-proving.cluster.seed-nodes");
  }

  private String printed() {
    return out.toString(StandardCharsets.UTF_8);
  }
}
