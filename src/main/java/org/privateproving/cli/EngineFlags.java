package org.privateproving.cli;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What proves, and on which device. */
public final class EngineFlags implements FlagGroup {
  @Option(
      names = "--engine",
      paramLabel = "ENGINE",
      description =
          "auto (cuda where there is a device, else cpu), mock, cpu, cuda, or noop for load tests.")
  @Nullable String engine;

  @Option(names = "--device", paramLabel = "N", description = "Which CUDA device.")
  @Nullable String device;

  @Override
  public void putInto(Map<String, Object> settings) {
    FlagGroup.put(settings, "private-proving.fulfiller.engine", engine);
    FlagGroup.put(settings, "private-proving.fulfiller.device", device);
  }
}
