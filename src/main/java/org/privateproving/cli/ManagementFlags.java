package org.privateproving.cli;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where operators look in. */
public final class ManagementFlags implements FlagGroup {
  @Option(
      names = "--management-port",
      paramLabel = "PORT",
      description = "The port operators look in at.")
  @Nullable String port;

  @Override
  public void putInto(Map<String, Object> settings) {
    FlagGroup.put(settings, "private-proving.management.port", port);
  }
}
