package org.privateproving.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "up", description = "Runs everything in one process: server, fulfiller, database.")
final class UpCommand implements Callable<Integer> {
  private final NodeRunner runner;
  @Mixin private SettingsFlags settings = new SettingsFlags();
  @Mixin private GatewayFlags gateway = new GatewayFlags();
  @Mixin private NetworkFlags network = new NetworkFlags();
  @Mixin private EngineFlags engine = new EngineFlags();
  @Mixin private ManagementFlags management = new ManagementFlags();

  UpCommand(NodeRunner runner) {
    this.runner = runner;
  }

  @Override
  public Integer call() throws InterruptedException {
    return runner.run(
        Roles.SERVER_AND_FULFILLER, settings.sources(gateway, network, engine, management));
  }
}
