package org.privateproving.cli.settings;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the user gave, besides the environment.
 *
 * @param flags whole key to value: a text, or a list of texts
 * @param assignments {@code key=value}, as given with --set; {@code private-proving.} may be left
 *     out
 * @param file as given with --config
 */
public record SettingsSources(
    Map<String, Object> flags, List<String> assignments, Optional<Path> file) {
  public SettingsSources {
    flags = Map.copyOf(flags);
    assignments = List.copyOf(assignments);
  }

  public static SettingsSources none() {
    return new SettingsSources(Map.of(), List.of(), Optional.empty());
  }
}
