package org.privateproving.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class TerminalTest {
  private static final String ERASE = "\r\033[K";
  private static final String STATUS = "\033[?7lworking\033[?7h";

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  @Test
  void takesTheStatusLineAwayAroundWhatIsPrinted() {
    Terminal terminal = new Terminal(out, true);
    terminal.status("working");
    terminal.stream().println("a log line");
    assertThat(printed()).isEqualTo(STATUS + ERASE + "a log line\n" + STATUS);
  }

  @Test
  void waitsForTheEndOfALineBeforeItPutsTheStatusBack() {
    Terminal terminal = new Terminal(out, true);
    terminal.status("working");
    byte[] half = "half".getBytes(StandardCharsets.UTF_8);
    terminal.write(half, 0, half.length);
    assertThat(printed()).isEqualTo(STATUS + ERASE + "half");
    terminal.write('\n');
    assertThat(printed()).isEqualTo(STATUS + ERASE + "half\n" + STATUS);
  }

  @Test
  void printsNoControlCharactersOfOthers() {
    Terminal terminal = new Terminal(out, false);
    terminal.line("one\ntwo\033[2Jthree");
    assertThat(printed()).isEqualTo("one two [2Jthree\n");
  }

  @Test
  void showsNoStatusWhereNobodyWatches() {
    Terminal terminal = new Terminal(out, false);
    terminal.status("working");
    terminal.line("done");
    assertThat(printed()).isEqualTo("done\n");
  }

  @Test
  void goesOnWhenItsReaderIsGone() {
    OutputStream closed =
        new OutputStream() {
          @Override
          public void write(int value) throws IOException {
            throw new IOException("Broken pipe");
          }
        };
    Terminal terminal = new Terminal(closed, true);
    terminal.line("to nobody");
    terminal.status("working");
  }

  @Test
  void keepsLinesOfManyThreadsWhole() {
    Terminal terminal = new Terminal(out, false);
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      for (int thread = 0; thread < 4; thread++) {
        threads.execute(
            () -> {
              for (int line = 0; line < 1000; line++) {
                terminal.line("0123456789");
              }
            });
      }
    }
    assertThat(printed().lines()).hasSize(4000).containsOnly("0123456789");
  }

  private String printed() {
    return out.toString(StandardCharsets.UTF_8);
  }
}
