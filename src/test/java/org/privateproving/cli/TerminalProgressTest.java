package org.privateproving.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class TerminalProgressTest {
  private static final String ERASE = "\r\033[K";

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private Instant now = Instant.parse("2026-11-22T12:00:00Z");

  @Test
  void redrawsOneLineInPlaceOnATerminal() {
    TerminalProgress progress = watched();
    progress.show("engine", "engine: cpu is starting");
    pass(progress, Duration.ofSeconds(131));
    progress.done("engine", "engine ready: cpu, 131 s");

    assertThat(printed())
        .isEqualTo(
            drawn("engine: cpu is starting (0 s)")
                + ERASE
                + drawn("engine: cpu is starting (2 min 11 s)")
                + ERASE
                + "engine ready: cpu, 131 s\n");
  }

  @Test
  void countsFromTheFirstTimeAMatterWasShown() {
    TerminalProgress progress = watched();
    progress.show("0x1", "executing");
    now = now.plusSeconds(5);
    progress.show("0x1", "proving");
    assertThat(printed()).endsWith(drawn("proving (5 s)"));
  }

  @Test
  void showsTheFirstThreeOfManyMatters() {
    TerminalProgress progress = watched();
    for (int number = 1; number <= 5; number++) {
      progress.show("0x" + number, "proof " + number);
    }
    assertThat(printed())
        .endsWith(drawn("proof 1 (0 s)  proof 2 (0 s)  proof 3 (0 s)  and 2 more"));
  }

  @Test
  void printsTransitionsAloneWhereNobodyWatches() {
    TerminalProgress progress = unwatched();
    progress.show("engine", "engine: cpu is starting");
    progress.show("engine", "engine: cpu makes keys");
    pass(progress, Duration.ofSeconds(30));
    progress.done("engine", "engine ready: cpu, 30 s");
    assertThat(printed()).isEqualTo("engine: cpu is starting\nengine ready: cpu, 30 s\n");
  }

  @Test
  void printsOneLineAMinuteWhereNobodyWatches() {
    TerminalProgress progress = unwatched();
    progress.show("0x1", "0x1: proving");
    for (int second = 1; second <= 125; second++) {
      pass(progress, Duration.ofSeconds(1));
    }
    assertThat(printed())
        .isEqualTo("0x1: proving\n0x1: proving (1 min 0 s)\n0x1: proving (2 min 0 s)\n");
  }

  @Test
  void isSilentWhenNothingGoesOn() {
    TerminalProgress progress = unwatched();
    pass(progress, Duration.ofHours(1));
    progress.done("never shown", "");
    assertThat(printed()).isEmpty();
  }

  private void pass(TerminalProgress progress, Duration duration) {
    now = now.plus(duration);
    progress.tick();
  }

  private TerminalProgress watched() {
    return new TerminalProgress(new Terminal(out, true), () -> now);
  }

  private TerminalProgress unwatched() {
    return new TerminalProgress(new Terminal(out, false), () -> now);
  }

  private static String drawn(String status) {
    return "\033[?7l" + status + "\033[?7h";
  }

  private String printed() {
    return out.toString(StandardCharsets.UTF_8);
  }
}
