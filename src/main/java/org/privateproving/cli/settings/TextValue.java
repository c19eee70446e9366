package org.privateproving.cli.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigOriginFactory;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.privateproving.domain.InvalidSetting;

/** A setting given as plain text, where quotes and escapes would be a nuisance. */
final class TextValue {
  private TextValue() {}

  /**
   * Lists are {@code a,b} or {@code ["a", "b"]}, and nothing is the empty list; all else stands for
   * itself.
   *
   * @param kind empty: the key is none of ours
   * @throws InvalidSetting for a list that opens and doesn't close
   */
  static ConfigValue of(String text, Optional<ValueKind> kind, String origin) {
    String stripped = text.strip();
    if (kind.isEmpty() || kind.get() != ValueKind.LIST) {
      return ConfigValueFactory.fromAnyRef(text, origin);
    }
    if (stripped.startsWith("[")) {
      return parsedList(stripped, origin);
    }
    List<String> items =
        Arrays.stream(stripped.split(",", -1))
            .map(String::strip)
            .filter(item -> !item.isEmpty())
            .toList();
    return ConfigValueFactory.fromIterable(items, origin);
  }

  private static ConfigValue parsedList(String text, String origin) {
    try {
      Config parsed = ConfigFactory.parseString("list = " + text);
      return parsed.getValue("list").withOrigin(ConfigOriginFactory.newSimple(origin));
    } catch (ConfigException e) {
      throw new InvalidSetting(origin, text + " (expected: " + ValueKind.LIST.expected() + ")");
    }
  }
}
