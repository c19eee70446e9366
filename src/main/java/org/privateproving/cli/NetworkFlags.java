package org.privateproving.cli;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The prover network that a server stands in front of. */
public final class NetworkFlags implements FlagGroup {
  @Option(
      names = "--network",
      paramLabel = "URL",
      description =
          "The prover network to stand in front of; none: this service is its own ledger.")
  @Nullable String rpcUrl;

  @Override
  public void putInto(Map<String, Object> settings) {
    FlagGroup.put(settings, "private-proving.network.rpc-url", rpcUrl);
  }
}
