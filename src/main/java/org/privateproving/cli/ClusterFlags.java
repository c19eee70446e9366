package org.privateproving.cli;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the other nodes are, and where they find this one. */
public final class ClusterFlags implements FlagGroup {
  @Option(
      names = "--seed",
      paramLabel = "HOST:PORT",
      description = "A node to join; repeatable. None: the node is the first of its cluster.")
  @Nullable List<String> seeds;

  @Option(
      names = "--cluster-host",
      paramLabel = "HOST",
      description = "The address other nodes reach this one at.")
  @Nullable String host;

  @Option(
      names = "--cluster-port",
      paramLabel = "PORT",
      description = "The port other nodes reach this one at.")
  @Nullable String port;

  @Override
  public void putInto(Map<String, Object> settings) {
    FlagGroup.put(settings, "private-proving.cluster.seed-nodes", seeds);
    FlagGroup.put(settings, "private-proving.cluster.host", host);
    FlagGroup.put(settings, "private-proving.cluster.port", port);
  }
}
