package org.privateproving.network.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.privateproving.domain.SettableClock;

class RememberedTest {
  private final SettableClock clock = new SettableClock(Instant.parse("2026-01-01T12:00:00Z"));
  private final Remembered<String> remembered = new Remembered<>(clock);

  @Test
  void knowsNothingAtFirst() {
    assertThat(remembered.get()).isNull();
  }

  @ParameterizedTest(name = "certain: {0}, {1} later: {2}")
  @CsvSource({
    "true, PT0S, true",
    "true, P36500D, true",
    "false, PT0S, true",
    "false, PT59.999S, true",
    "false, PT1M, false"
  })
  void whatIsCertainIsKnownForEverAndAllElseForAMinute(
      boolean certain, Duration later, boolean known) {
    remembered.remember("an answer", certain);

    clock.advance(later);

    assertThat(remembered.get()).isEqualTo(known ? "an answer" : null);
  }

  @Test
  void theLastAnswerCounts() {
    remembered.remember("the first", true);
    remembered.remember("the second", false);
    assertThat(remembered.get()).isEqualTo("the second");

    clock.advance(Duration.ofMinutes(1));
    assertThat(remembered.get()).isNull();
  }
}
