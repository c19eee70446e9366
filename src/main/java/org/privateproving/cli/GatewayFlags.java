package org.privateproving.cli;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where clients connect. */
public final class GatewayFlags implements FlagGroup {
  @Option(names = "--host", paramLabel = "HOST", description = "The address clients connect to.")
  @Nullable String host;

  @Option(names = "--port", paramLabel = "PORT", description = "The port clients connect to.")
  @Nullable String port;

  @Override
  public void putInto(Map<String, Object> settings) {
    FlagGroup.put(settings, "private-proving.gateway.host", host);
    FlagGroup.put(settings, "private-proving.gateway.port", port);
  }
}
