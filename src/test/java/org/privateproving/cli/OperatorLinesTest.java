package org.privateproving.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OperatorLinesTest {
  @Test
  void saysThatClientsMayCome() {
    assertThat(OperatorLines.ready("http://127.0.0.1:8080", "hosted", Path.of("/srv/pp")))
        .isEqualTo("ready: http://127.0.0.1:8080 (hosted mode, data in /srv/pp)");
  }

  @Test
  void saysThatTheEngineProves() {
    assertThat(OperatorLines.engineReady("cpu", Duration.ofMillis(131_400)))
        .isEqualTo("engine ready: cpu, 131 s");
  }

  @Test
  void saysLoudlyThatANoopEngineProvesNothing() {
    assertThat(OperatorLines.noopEngine()).contains("NOOP", "nothing is proved", "load tests");
  }

  @ParameterizedTest
  @CsvSource({
    "PT0S,0 s",
    "PT59.9S,59 s",
    "PT60S,1 min 0 s",
    "PT2M11S,2 min 11 s",
    "PT63M,1 h 3 min"
  })
  void saysDurationsAsPeopleDo(Duration duration, String text) {
    assertThat(OperatorLines.duration(duration)).isEqualTo(text);
  }
}
