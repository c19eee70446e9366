package org.privateproving.cli.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.util.regex.Pattern;

/** What a setting's value must look like, read off its default in reference.conf. */
enum ValueKind {
  TEXT("text") {
    @Override
    boolean read(Config config, String path) {
      config.getString(path);
      return true;
    }
  },
  WHOLE_NUMBER("a whole number") {
    @Override
    boolean read(Config config, String path) {
      // Config itself cuts 1.5 down to 1.
      return config.getString(path).strip().matches("-?\\d{1,18}");
    }
  },
  SWITCH("true or false") {
    @Override
    boolean read(Config config, String path) {
      config.getBoolean(path);
      return true;
    }
  },
  DURATION("a duration such as 500ms, 3s, 5m, 1h or 7d") {
    @Override
    boolean read(Config config, String path) {
      // Config takes a bare number for milliseconds, which nobody who writes "hold = 3" means.
      return endsWithUnit(config, path) && !config.getDuration(path).isNegative();
    }
  },
  SIZE("a size such as 64KiB, 4MiB or 2GiB") {
    @Override
    boolean read(Config config, String path) {
      return config.getBytes(path) >= 0;
    }
  },
  LIST("a list of texts such as [\"a\", \"b\"]") {
    @Override
    boolean read(Config config, String path) {
      config.getStringList(path);
      return true;
    }
  };

  private static final Pattern DURATION_DEFAULT = Pattern.compile("\\d+(ms|s|m|h|d)");
  private static final Pattern SIZE_DEFAULT = Pattern.compile("\\d+(KiB|MiB|GiB|TiB)");

  private final String expected;

  ValueKind(String expected) {
    this.expected = expected;
  }

  static ValueKind of(ConfigValue defaultValue) {
    if (defaultValue.valueType() == ConfigValueType.LIST) {
      return LIST;
    }
    if (defaultValue.valueType() == ConfigValueType.NUMBER) {
      return WHOLE_NUMBER;
    }
    if (defaultValue.valueType() == ConfigValueType.BOOLEAN) {
      return SWITCH;
    }
    String text = String.valueOf(defaultValue.unwrapped());
    if (DURATION_DEFAULT.matcher(text).matches()) {
      return DURATION;
    }
    return SIZE_DEFAULT.matcher(text).matches() ? SIZE : TEXT;
  }

  String expected() {
    return expected;
  }

  /** Whether the value at {@code path}, which is there, can be read as this kind. */
  boolean accepts(Config config, String path) {
    try {
      return read(config, path);
    } catch (ConfigException e) {
      return false;
    }
  }

  abstract boolean read(Config config, String path);

  private static boolean endsWithUnit(Config config, String path) {
    String text = config.getString(path).strip();
    return !text.isEmpty() && Character.isLetter(text.charAt(text.length() - 1));
  }
}
