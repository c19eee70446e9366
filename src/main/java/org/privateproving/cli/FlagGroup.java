package org.privateproving.cli;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Flags that belong together, each a short way to set one setting. */
public interface FlagGroup {
  /** Puts the settings whose flags were given: whole key to a text or a list of texts. */
  void putInto(Map<String, Object> settings);

  static void put(Map<String, Object> settings, String key, @Nullable Object value) {
    if (value != null) {
      settings.put(key, value);
    }
  }
}
