package org.privateproving.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import com.typesafe.config.Config;
import java.util.List;
import java.util.Locale;
import org.privateproving.domain.InvalidSetting;
import org.slf4j.LoggerFactory;

/** How much is logged; where and how it is written stands in logback.xml. */
public final class Logging {
  private static final String KEY = "private-proving.log-level";
  private static final List<String> LEVELS = List.of("error", "warn", "info", "debug", "trace");

  private Logging() {}

  /**
   * Sets the level of our own lines.
   *
   * @throws InvalidSetting for a level that there is not
   */
  static void level(Config config) {
    String level = config.getString(KEY).strip().toLowerCase(Locale.ROOT);
    if (!LEVELS.contains(level)) {
      throw new InvalidSetting(KEY, level + " (expected: " + String.join(", ", LEVELS) + ")");
    }
    context().getLogger("org.privateproving").setLevel(Level.toLevel(level));
  }

  /** Nothing at all: for commands whose output is their answer. */
  public static void off() {
    context().getLoggerList().forEach(logger -> logger.setLevel(Level.OFF));
  }

  private static LoggerContext context() {
    return (LoggerContext) LoggerFactory.getILoggerFactory();
  }
}
