package org.privateproving.fulfiller;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RestTest {
  private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");

  private final Rest rest = new Rest();

  private Duration length() {
    int seconds = 0;
    while (!rest.isOver(NOW.plusSeconds(seconds))) {
      seconds++;
    }
    return Duration.ofSeconds(seconds);
  }

  @Test
  void shouldNotRestAfterAJobThatWentWell() {
    rest.after(false, NOW);
    assertThat(length()).isZero();
  }

  @Test
  void shouldRestLongerAfterEachTroubleInARowUpToABound() {
    rest.after(true, NOW);
    Duration first = length();
    assertThat(first).isPositive();
    rest.after(true, NOW);
    assertThat(length()).isEqualTo(first.multipliedBy(2));
    for (int i = 0; i < 100; i++) {
      rest.after(true, NOW);
    }
    assertThat(length()).isEqualTo(Duration.ofMinutes(5));
  }

  @Test
  void shouldForgetTroublesOnceAJobWentWell() {
    rest.after(true, NOW);
    Duration first = length();
    rest.after(true, NOW);
    rest.after(false, NOW);
    rest.after(true, NOW);
    assertThat(length()).isEqualTo(first);
  }
}
