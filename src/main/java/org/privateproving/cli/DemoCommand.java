package org.privateproving.cli;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.privateproving.cli.settings.SettingsSources;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "demo",
    description = {
      "Does what a newcomer wants to see: runs everything in one process as up does, has the SP1 SDK"
          + " prove a sum of secret numbers, verifies the proof, and ends.",
      "On the cpu engine that takes minutes; --engine mock shows the same way in half a minute."
    })
final class DemoCommand implements Callable<Integer> {
  private static final String SECRETS = "u64s:31,41,59,26";

  private final NodeRunner runner;
  private final Terminal terminal;
  @Mixin private SettingsFlags settings = new SettingsFlags();
  @Mixin private EngineFlags engine = new EngineFlags();

  DemoCommand(NodeRunner runner, Terminal terminal) {
    this.runner = runner;
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    ExampleClient client = ExampleClient.ofThisBuild();
    return runner.run(
        Roles.SERVER_AND_FULFILLER,
        inItsOwnPlace(settings.sources(engine)),
        node -> {
          boolean mock = node.engine().equals("mock");
          return client.run(
              terminal.stream(),
              node.url().orElseThrow(),
              "sum-of-secrets",
              List.of("--input", SECRETS, "--verify", mock ? "mock" : "real"));
        });
  }

  /** Free ports and a folder of its own, so that it disturbs no server that runs here. */
  private static SettingsSources inItsOwnPlace(SettingsSources given) {
    Map<String, Object> flags = new TreeMap<>(given.flags());
    flags.putIfAbsent(
        "private-proving.data", System.getProperty("user.home") + "/.private-proving/demo");
    for (String port : List.of("gateway.port", "management.port", "cluster.port")) {
      flags.put("private-proving." + port, "0");
    }
    return new SettingsSources(flags, given.assignments(), given.file());
  }
}
