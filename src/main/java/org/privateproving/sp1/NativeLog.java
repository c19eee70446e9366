package org.privateproving.sp1;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Carries the prover's log lines to slf4j, on a thread of its own. The library keeps a bounded
 * queue and drops lines rather than wait.
 */
final class NativeLog implements Runnable {

  /** Which lines, as {@code target=level} separated by commas; nothing below info ever comes. */
  static final String FILTER_PROPERTY = "private-proving.native-log";

  private static final Logger LOG = LoggerFactory.getLogger("org.privateproving.sp1.native");
  private static final long POLL_MILLIS = 1000;

  private final NativeCalls calls;

  private NativeLog(NativeCalls calls) {
    this.calls = calls;
  }

  static void start(NativeCalls calls) throws EngineException {
    calls.startLog(System.getProperty(FILTER_PROPERTY, ""));
    Thread.ofPlatform().daemon().name("sp1-log").start(new NativeLog(calls));
  }

  @Override
  public void run() {
    while (true) {
      NativeCalls.LogLine line = calls.nextLogLine(POLL_MILLIS);
      if (line != null) {
        try {
          log(line);
        } catch (RuntimeException e) {
          // An appender that fails must not end the logging.
          LOG.warn("A log line of the prover was lost", e);
        }
      }
    }
  }

  private static void log(NativeCalls.LogLine line) {
    if (line.dropped() > 0) {
      LOG.warn("{} log lines of the prover were lost: they came too fast", line.dropped());
    }
    Level level =
        switch (line.level()) {
          case 1 -> Level.ERROR;
          case 2 -> Level.WARN;
          default -> Level.INFO;
        };
    LOG.atLevel(level).log("{}: {}", line.target(), line.message());
  }
}
