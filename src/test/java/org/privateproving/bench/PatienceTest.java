package org.privateproving.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.grpc.Status;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.MethodSource;
import org.privateproving.bench.GaveUp.HttpRefused;

@Timeout(30)
class PatienceTest {
  private final Measurements measurements =
      new Measurements(System::nanoTime, Duration.ZERO, Duration.ofMinutes(1));
  private final Patience patience = new Patience(measurements, Patience.SDK_BUDGET);
  private final AtomicInteger attempts = new AtomicInteger();

  private String fails(Exception first) throws InterruptedException {
    return patience.call(
        Measure.GET_NONCE,
        () -> {
          if (attempts.incrementAndGet() > 1) {
            return "done";
          }
          if (first instanceof IOException broken) {
            throw broken;
          }
          throw (RuntimeException) first;
        },
        () -> {});
  }

  @ParameterizedTest
  @EnumSource(
      value = Status.Code.class,
      names = {"OK", "UNAVAILABLE", "DEADLINE_EXCEEDED", "INTERNAL", "ABORTED", "CANCELLED"},
      mode = Mode.EXCLUDE)
  void shouldGiveUpAtOnceWhereTheSdkDoes(Status.Code code) {
    assertThatExceptionOfType(GaveUp.class)
        .isThrownBy(() -> fails(code.toStatus().asRuntimeException()))
        .withMessage("GetNonce " + code);
    assertThat(attempts).hasValue(1);
    assertThat(measurements.errors()).isEqualTo(Map.of("GetNonce " + code, 1L));
  }

  static Stream<Exception> passing() {
    return Stream.of(
        Status.UNAVAILABLE.asRuntimeException(),
        Status.ABORTED.asRuntimeException(),
        new HttpRefused(504),
        new IOException("connection reset"));
  }

  @ParameterizedTest
  @MethodSource("passing")
  void shouldTryAgainWhereTheSdkDoesAndCountTheError(Exception first) throws Exception {
    assertThat(fails(first)).isEqualTo("done");
    assertThat(measurements.errors().values()).containsExactly(1L);
  }

  @Test
  void shouldGiveUpWhenTheNextWaitWouldBeTooLong() {
    Patience little = new Patience(measurements, Duration.ofMillis(100));
    assertThatExceptionOfType(GaveUp.class)
        .isThrownBy(
            () ->
                little.call(
                    Measure.STATUS,
                    () -> {
                      attempts.incrementAndGet();
                      throw Status.UNAVAILABLE.asRuntimeException();
                    },
                    () -> {}));
    assertThat(attempts).hasValue(1);
  }

  @Test
  void shouldGiveUpAtAnHttpRefusal() {
    assertThatExceptionOfType(GaveUp.class)
        .isThrownBy(() -> fails(new HttpRefused(503)))
        .withMessage("GetNonce HTTP 503");
  }
}
