package org.privateproving.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "server",
    description = "Runs a server: it faces clients and leaves the proving to fulfillers.")
final class ServerCommand implements Callable<Integer> {
  private final NodeRunner runner;
  @Mixin private SettingsFlags settings = new SettingsFlags();
  @Mixin private GatewayFlags gateway = new GatewayFlags();
  @Mixin private NetworkFlags network = new NetworkFlags();
  @Mixin private DatabaseFlags database = new DatabaseFlags();
  @Mixin private ClusterFlags cluster = new ClusterFlags();
  @Mixin private ManagementFlags management = new ManagementFlags();

  ServerCommand(NodeRunner runner) {
    this.runner = runner;
  }

  @Override
  public Integer call() throws InterruptedException {
    return runner.run(
        Roles.SERVER, settings.sources(gateway, network, database, cluster, management));
  }
}
