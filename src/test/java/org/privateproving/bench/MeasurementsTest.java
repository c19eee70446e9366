package org.privateproving.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.privateproving.bench.Measurements.Count;

/** Two seconds of warm-up, then three that are measured. */
class MeasurementsTest {
  private final AtomicLong nanos = new AtomicLong(-5);
  private final Measurements measurements =
      new Measurements(nanos::get, Duration.ofSeconds(2), Duration.ofSeconds(3));

  private void at(double second) {
    nanos.set(-5 + (long) (second * 1e9));
  }

  private Histogram histogram(Measure measure) {
    return Objects.requireNonNull(measurements.histograms().get(measure));
  }

  @Test
  void shouldTimeWhatBeganInsideTheWindowHoweverLongItTook() {
    for (double begin : new double[] {1.9, 2.0, 4.9, 5.0}) {
      at(begin);
      long then = measurements.now();
      at(begin + 7);
      measurements.took(Measure.STATUS, then);
    }
    assertThat(histogram(Measure.STATUS).getTotalCount()).isEqualTo(2);
    assertThat(histogram(Measure.STATUS).getMaxValue() / 1e6).isBetween(6.99, 7.01);
    assertThat(measurements.histograms()).containsOnlyKeys(Measure.STATUS);
  }

  @Test
  void shouldCountSecondBySecondFromTheStart() {
    at(0.5);
    measurements.count(Count.ACCEPTED);
    at(3.2);
    measurements.count(Count.ACCEPTED);
    measurements.count(Count.ACCEPTED);
    at(6);
    measurements.count(Count.ACCEPTED);

    assertThat(measurements.countIn(Count.ACCEPTED, 0)).isEqualTo(1);
    assertThat(measurements.countIn(Count.ACCEPTED, 1)).isZero();
    assertThat(measurements.countIn(Count.ACCEPTED, 3)).isEqualTo(2);
    assertThat(measurements.lastSecond()).isEqualTo(6);
    assertThat(measurements.total(Count.ACCEPTED)).isEqualTo(4);
    assertThat(measurements.measured(Count.ACCEPTED)).isEqualTo(2);
  }

  @Test
  void shouldSayHowMuchOfTheWindowIsOver() {
    at(1);
    assertThat(measurements.measuredSoFar()).isZero();
    at(3);
    assertThat(measurements.measuredSoFar()).isEqualTo(Duration.ofSeconds(1));
    at(9);
    assertThat(measurements.measuredSoFar()).isEqualTo(Duration.ofSeconds(3));
  }

  @Test
  void shouldCountErrorsByCallAndCodeAndFailuresByReason() {
    measurements.error("GetNonce", "UNAVAILABLE");
    measurements.error("GetNonce", "UNAVAILABLE");
    measurements.failure("the request is EXPIRED");
    assertThat(measurements.errors()).isEqualTo(Map.of("GetNonce UNAVAILABLE", 2L));
    assertThat(measurements.failures()).isEqualTo(Map.of("the request is EXPIRED", 1L));
    assertThat(measurements.total(Count.ERRORS)).isEqualTo(2);
    assertThat(measurements.total(Count.FAILED)).isEqualTo(1);
  }

  @Test
  void shouldTellTheLongestTimeWithoutACompletedLife() {
    for (double second : new double[] {1, 1.5, 4.5, 5}) {
      at(second);
      measurements.count(Count.COMPLETED);
    }
    assertThat(measurements.completions().longest()).isEqualTo(Duration.ofSeconds(3));
    assertThat(measurements.completions().longestFrom()).isEqualTo(Duration.ofMillis(1500));
  }
}
