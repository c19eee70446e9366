package org.privateproving.cli.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigValue;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.privateproving.domain.InvalidSetting;

/**
 * Merges the layers that reference.conf's head comment names, and checks every key and every kind
 * of value that the user gave.
 */
public final class SettingsLoader {
  private static final Config NOTHING = ConfigFactory.empty();

  private final Map<String, String> environment;

  public SettingsLoader(Map<String, String> environment) {
    this.environment = Map.copyOf(environment);
  }

  /**
   * The whole configuration, resolved: ours, and Pekko's and all other libraries' beside it.
   *
   * @throws InvalidSetting for an unknown key, a value of the wrong kind, or a file that can't be
   *     read
   */
  public Config load(SettingsSources sources) {
    KnownSettings known = KnownSettings.ofReference();
    SettingsCheck check = new SettingsCheck(known);
    Config reference = KnownSettings.reference();
    Config flags = ConfigFactory.parseMap(sources.flags(), "command line");
    Config assignments = assignments(sources.assignments(), known);
    Config variables = EnvironmentLayer.read(environment, known);
    Config file = sources.file().map(path -> file(path, reference, check)).orElse(NOTHING);

    Config merged =
        flags
            .withFallback(assignments)
            .withFallback(variables)
            .withFallback(file)
            .withFallback(ConfigFactory.parseResources("application.conf"))
            .withFallback(reference);
    Config resolved = resolve(merged);
    check.kinds(resolved);
    return resolved;
  }

  private static Config assignments(List<String> assignments, KnownSettings known) {
    Map<String, ConfigValue> values = new TreeMap<>();
    for (String assignment : assignments) {
      int equals = assignment.indexOf('=');
      if (equals <= 0) {
        throw new InvalidSetting("--set", assignment + " (expected: key=value)");
      }
      String typed = assignment.substring(0, equals).strip();
      String key = SettingsCheck.isOfALibrary(typed) ? typed : KnownSettings.wholeKey(typed);
      if (KnownSettings.isSecret(key)) {
        throw new InvalidSetting(
            "--set",
            key
                + " is a secret, and a command line is everybody's to read (expected: "
                + KnownSettings.variable(key)
                + ", or the file given with --config)");
      }
      if (KnownSettings.isOurs(key) && known.kind(key).isEmpty()) {
        throw SettingsCheck.unknown(key, "--set", known);
      }
      values.put(key, TextValue.of(assignment.substring(equals + 1), known.kind(key), "--set"));
    }
    return ConfigFactory.parseMap(values, "--set");
  }

  private static Config file(Path path, Config reference, SettingsCheck check) {
    if (!Files.isRegularFile(path) || !Files.isReadable(path)) {
      throw new InvalidSetting("--config", path + " (expected: a file that can be read)");
    }
    Config file;
    try {
      file =
          ConfigFactory.parseFile(
              path.toFile(), ConfigParseOptions.defaults().setAllowMissing(false));
    } catch (ConfigException e) {
      throw new InvalidSetting("--config", place(e).orElse(path.toString()) + " (expected: HOCON)");
    }
    check.file(file, resolve(file.withFallback(reference)), path);
    return file;
  }

  private static Config resolve(Config config) {
    try {
      return config.resolve();
    } catch (ConfigException e) {
      throw new InvalidSetting(
          "--config",
          place(e).orElse("a ${substitution}") + " (expected: substitutions that lead somewhere)");
    }
  }

  /** Where a mistake is. Config's own messages quote the file, which may hold secrets. */
  private static Optional<String> place(ConfigException e) {
    return Optional.ofNullable(e.origin()).map(origin -> origin.description());
  }
}
