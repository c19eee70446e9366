package org.privateproving.cli.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.privateproving.domain.InvalidSetting;

/** Refuses what no setting is called, and values that are not of their setting's kind. */
final class SettingsCheck {
  /** What else a file may set, for those who know what they do. */
  private static final Set<String> LIBRARIES =
      Set.of("pekko", "pekko-persistence-jdbc", "jdbc-journal", "jdbc-snapshot-store");

  private final KnownSettings known;

  SettingsCheck(KnownSettings known) {
    this.known = known;
  }

  static boolean isOfALibrary(String key) {
    int dot = key.indexOf('.');
    return LIBRARIES.contains(dot < 0 ? key : key.substring(0, dot));
  }

  static InvalidSetting unknown(String key, String origin, KnownSettings known) {
    String problem =
        known.isGroup(key)
            ? "a group of settings"
            : "no such setting (did you mean " + NearestName.of(key, known.keys()) + "?)";
    return new InvalidSetting(key, problem + ", in " + origin);
  }

  /**
   * @param file as written
   * @param merged the file over reference.conf, resolved
   */
  void file(Config file, Config merged, Path path) {
    for (String key : file.root().keySet()) {
      if (!KnownSettings.isOurs(key) && !LIBRARIES.contains(key)) {
        throw new InvalidSetting(
            key, "no such group, in " + path + " (expected: private-proving { ... })");
      }
    }
    if (file.hasPath(KnownSettings.ROOT)) {
      walk(KnownSettings.ROOT, merged.getValue(KnownSettings.ROOT), path.toString());
    }
  }

  private void walk(String key, ConfigValue value, String origin) {
    if (known.kind(key).isPresent()) {
      // Its kind is checked in the merged whole.
      return;
    }
    if (!known.isGroup(key)) {
      throw unknown(key, origin, known);
    }
    if (!(value instanceof ConfigObject group)) {
      throw new InvalidSetting(key, show(key, value) + " (expected: a group of settings)");
    }
    for (Map.Entry<String, ConfigValue> entry : group.entrySet()) {
      walk(key + "." + ConfigUtil.joinPath(entry.getKey()), entry.getValue(), origin);
    }
  }

  /** Checks that the value of every key is of the kind that its default is. */
  void kinds(Config config) {
    for (String key : known.keys()) {
      ValueKind kind = known.kind(key).orElseThrow();
      if (!config.hasPath(key) || !kind.accepts(config, key)) {
        throw new InvalidSetting(key, shown(key, config) + " (expected: " + kind.expected() + ")");
      }
    }
  }

  private String shown(String key, Config config) {
    // hasPath is false for null as well.
    return config.hasPath(key) ? show(key, config.getValue(key)) : "null";
  }

  private String show(String key, ConfigValue value) {
    if (KnownSettings.isSecret(key)) {
      return "(a secret)";
    }
    if (value.valueType() == ConfigValueType.OBJECT) {
      return "a group";
    }
    // The texts in it may be URLs, and hold credentials.
    if (known.kind(key).equals(Optional.of(ValueKind.TEXT))
        && value.valueType() == ConfigValueType.LIST) {
      return "a list";
    }
    Object plain = value.unwrapped();
    return plain instanceof List<?> list && list.isEmpty() ? "[]" : String.valueOf(plain);
  }
}
