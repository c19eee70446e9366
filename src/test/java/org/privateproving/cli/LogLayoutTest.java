package org.privateproving.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.joran.spi.JoranException;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LogLayoutTest {
  private final LoggerContext context = new LoggerContext();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final PrintStream before = System.out;

  @BeforeEach
  void configure() throws JoranException {
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    JoranConfigurator configurator = new JoranConfigurator();
    configurator.setContext(context);
    configurator.doConfigure(Path.of("src/main/resources/logback.xml").toFile());
    context.setMDCAdapter(new LogbackMDCAdapter());
  }

  @AfterEach
  void restore() {
    System.setOut(before);
    context.stop();
  }

  @Test
  void writesOneLinePerEventWhateverItsMessageHolds() {
    context.getLogger("org.privateproving.gateway.Gateway").info("one\r\ntwo\033[2Jthree");
    assertThat(out.toString(StandardCharsets.UTF_8))
        .matches(
            "\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z INFO  o\\.p\\.gateway\\.Gateway - one two \\[2Jthree\\R");
  }

  @Test
  void indentsStackTracesSoThatTheyForgeNoLine() {
    RuntimeException cause = new IllegalStateException("cause\n2026 INFO  forged\033[2J");
    context.getLogger("org.privateproving").warn("failed", new RuntimeException("outer", cause));
    assertThat(out.toString(StandardCharsets.UTF_8).lines().skip(1))
        .hasSizeGreaterThan(4)
        .allMatch(line -> line.startsWith(" ") || line.startsWith("java.lang.RuntimeException"))
        .noneMatch(line -> line.contains("\033"))
        .filteredOn(line -> line.contains("forged"))
        .hasSize(1);
  }

  @Test
  void showsOurOwnEventsAndOfLibrariesOnlyWarnings() {
    assertThat(context.getLogger("org.privateproving.request").isInfoEnabled()).isTrue();
    assertThat(context.getLogger("org.privateproving.request").isDebugEnabled()).isFalse();
    for (String library : new String[] {"org.apache.pekko", "org.flywaydb", "com.zaxxer.hikari"}) {
      assertThat(context.getLogger(library).getEffectiveLevel()).isEqualTo(Level.WARN);
    }
    assertThat(context.getLogger("org.privateproving.sp1.native").isInfoEnabled()).isFalse();
  }
}
