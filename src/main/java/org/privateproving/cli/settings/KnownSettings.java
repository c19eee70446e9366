package org.privateproving.cli.settings;

import static java.util.stream.Collectors.toUnmodifiableMap;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import java.util.Collection;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** Every key that reference.conf has below {@code private-proving}, and what it takes. */
final class KnownSettings {
  static final String ROOT = "private-proving";
  static final String ENVIRONMENT_PREFIX = "PRIVATE_PROVING_";

  private static final Set<String> SECRETS =
      Set.of(ROOT + ".database.password", ROOT + ".network.fulfiller-key");

  private final SortedMap<String, ValueKind> kinds;
  private final Map<String, String> keysByVariable;

  private KnownSettings(SortedMap<String, ValueKind> kinds) {
    this.kinds = kinds;
    this.keysByVariable =
        kinds.keySet().stream()
            .collect(toUnmodifiableMap(KnownSettings::variable, UnaryOperator.identity()));
  }

  /** Those of the reference.conf on the class path, whatever system properties say. */
  static KnownSettings ofReference() {
    return of(reference().resolve());
  }

  /** The reference.conf of ours and of all libraries, to be resolved. */
  static Config reference() {
    return ConfigFactory.defaultReferenceUnresolved()
        // For ${user.home} and its like only: a system property overrides no setting.
        .withFallback(ConfigFactory.systemProperties().withoutPath(ROOT));
  }

  private static KnownSettings of(Config reference) {
    SortedMap<String, ValueKind> kinds = new TreeMap<>();
    collect(ROOT, reference.getObject(ROOT), kinds);
    return new KnownSettings(kinds);
  }

  private static void collect(String path, ConfigObject group, Map<String, ValueKind> kinds) {
    for (Map.Entry<String, ConfigValue> entry : group.entrySet()) {
      String key = path + "." + entry.getKey();
      if (entry.getValue() instanceof ConfigObject inner) {
        collect(key, inner, kinds);
      } else {
        kinds.put(key, ValueKind.of(entry.getValue()));
      }
    }
  }

  /** The environment variable that sets {@code key}. */
  static String variable(String key) {
    return ENVIRONMENT_PREFIX
        + key.substring(ROOT.length() + 1).replaceAll("[.-]", "_").toUpperCase(Locale.ROOT);
  }

  /** The whole key, whether or not the user left {@code private-proving.} out. */
  static String wholeKey(String key) {
    return isOurs(key) ? key : ROOT + "." + key;
  }

  static boolean isOurs(String key) {
    return key.equals(ROOT) || key.startsWith(ROOT + ".");
  }

  static boolean isSecret(String key) {
    return SECRETS.contains(key);
  }

  Set<String> keys() {
    return Collections.unmodifiableSet(kinds.keySet());
  }

  Collection<String> variables() {
    return keysByVariable.keySet();
  }

  Optional<ValueKind> kind(String key) {
    return Optional.ofNullable(kinds.get(key));
  }

  Optional<String> keyOfVariable(String variable) {
    return Optional.ofNullable(keysByVariable.get(variable));
  }

  boolean isGroup(String key) {
    String prefix = key + ".";
    return kinds.keySet().stream().anyMatch(known -> known.startsWith(prefix));
  }
}
