package org.privateproving.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/**
 * Puts back how much is logged, which commands change for the whole process: other tests in this
 * one read log lines.
 */
public final class LogLevels implements BeforeEachCallback, AfterEachCallback {
  private final Map<Logger, @Nullable Level> before = new HashMap<>();

  @Override
  public void beforeEach(ExtensionContext test) {
    loggers().getLoggerList().forEach(logger -> before.put(logger, logger.getLevel()));
  }

  /** A logger that came up meanwhile had no level of its own. */
  @Override
  public void afterEach(ExtensionContext test) {
    loggers().getLoggerList().forEach(logger -> logger.setLevel(before.get(logger)));
    before.clear();
  }

  private static LoggerContext loggers() {
    return (LoggerContext) LoggerFactory.getILoggerFactory();
  }
}
