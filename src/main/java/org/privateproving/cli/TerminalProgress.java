package org.privateproving.cli;

import static java.util.stream.Collectors.joining;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * On a terminal all open matters share one line, redrawn at every change and every {@link #tick}.
 * Elsewhere a line is printed when a matter begins and when it ends, and at most one a minute in
 * between.
 */
final class TerminalProgress implements ProgressLine {
  private static final int SHOWN = 3;
  private static final Duration PRINT_EVERY = Duration.ofMinutes(1);

  private record Matter(String text, Instant since) {}

  private final Terminal terminal;
  private final InstantSource clock;
  private final Map<String, Matter> matters = new LinkedHashMap<>();
  private Instant printedAt = Instant.MIN;

  TerminalProgress(Terminal terminal, InstantSource clock) {
    this.terminal = terminal;
    this.clock = clock;
  }

  @Override
  public synchronized void show(String key, String text) {
    Matter before = matters.get(key);
    matters.put(key, new Matter(text, before == null ? clock.instant() : before.since()));
    if (before == null && !terminal.isInteractive()) {
      print(text);
    }
    redraw();
  }

  @Override
  public synchronized void done(String key, String text) {
    matters.remove(key);
    redraw();
    if (!text.isEmpty()) {
      terminal.line(text);
    }
  }

  /** To be called about once a second. */
  synchronized void tick() {
    boolean due = !clock.instant().isBefore(printedAt.plus(PRINT_EVERY));
    if (!terminal.isInteractive() && !matters.isEmpty() && due) {
      print(line());
    }
    redraw();
  }

  private void print(String text) {
    printedAt = clock.instant();
    terminal.line(text);
  }

  private void redraw() {
    terminal.status(line());
  }

  private String line() {
    String shown =
        matters.values().stream()
            .limit(SHOWN)
            .map(matter -> matter.text() + " (" + elapsed(matter.since()) + ")")
            .collect(joining("  "));
    int hidden = matters.size() - SHOWN;
    return hidden > 0 ? shown + "  and " + hidden + " more" : shown;
  }

  private String elapsed(Instant since) {
    return OperatorLines.duration(Duration.between(since, clock.instant()));
  }
}
