package org.privateproving.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "fulfiller",
    description = "Runs a fulfiller: it proves on one device what the servers have to prove.")
final class FulfillerCommand implements Callable<Integer> {
  private final NodeRunner runner;
  @Mixin private SettingsFlags settings = new SettingsFlags();
  @Mixin private EngineFlags engine = new EngineFlags();
  @Mixin private ClusterFlags cluster = new ClusterFlags();
  @Mixin private ManagementFlags management = new ManagementFlags();

  FulfillerCommand(NodeRunner runner) {
    this.runner = runner;
  }

  @Override
  public Integer call() throws InterruptedException {
    return runner.run(Roles.FULFILLER, settings.sources(engine, cluster, management));
  }
}
