package org.privateproving.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.privateproving.request.SampleRequests.NOW;
import static org.privateproving.request.SampleRequests.order;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.privateproving.artifact.ArtifactId;

class RetryPausesTest {
  private static final RetryPauses PAUSES =
      new RetryPauses(
          List.of(Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ofSeconds(30)));

  private static Duration pause(Order order, int attempts) {
    return Duration.between(NOW, PAUSES.over(order, attempts, NOW).orElseThrow());
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "2, 5", "3, 30", "4, 30", "100, 30"})
  void shouldGrowWithEachAttemptAndThenStay(int attempts, int seconds) {
    assertThat(pause(order(), attempts))
        .isBetween(Duration.ofMillis(seconds * 800L), Duration.ofMillis(seconds * 1200L));
  }

  @Test
  void shouldDifferFromRequestToRequest() {
    assertThat(List.of(1L, 2L, 3L, 4L, 5L).stream().map(n -> pause(withStdin(n), 3)).distinct())
        .hasSizeGreaterThan(3);
  }

  @Test
  void shouldBeTheSameWhoeverAsksAgain() {
    assertThat(pause(withStdin(1), 2)).isEqualTo(pause(withStdin(1), 2));
  }

  @Test
  void shouldNotBeMadeWhenThereAreNone() {
    assertThat(new RetryPauses(List.of()).over(order(), 1, NOW)).isEmpty();
  }

  private static Order withStdin(long n) {
    Order.Terms terms = order().terms();
    return SampleRequests.with(
        order(), terms.stdinUri(), new ArtifactId(new UUID(0, n)), terms.deadline());
  }
}
