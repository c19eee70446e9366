package org.privateproving.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.privateproving.cli.settings.SettingsSources;
import picocli.CommandLine.Option;

/** What every command that reads settings takes. */
public final class SettingsFlags implements FlagGroup {
  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Settings in HOCON; also PRIVATE_PROVING_CONFIG.",
      defaultValue = "${env:PRIVATE_PROVING_CONFIG}")
  @Nullable Path file;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Any setting, as in gateway.hold=5s; repeatable.")
  List<String> assignments = new ArrayList<>();

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "What is kept on disk: the embedded database, the key file.")
  @Nullable String data;

  @Option(
      names = "--log-level",
      paramLabel = "LEVEL",
      description = "error, warn, info, debug or trace.")
  @Nullable String logLevel;

  @Override
  public void putInto(Map<String, Object> settings) {
    FlagGroup.put(settings, "private-proving.data", data);
    FlagGroup.put(settings, "private-proving.log-level", logLevel);
  }

  /** All that the command line says about settings. */
  public SettingsSources sources(FlagGroup... groups) {
    Map<String, Object> flags = new TreeMap<>();
    putInto(flags);
    for (FlagGroup group : groups) {
      group.putInto(flags);
    }
    return new SettingsSources(flags, assignments, Optional.ofNullable(file));
  }
}
