package org.privateproving.bench;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.privateproving.bench.GaveUp.HttpRefused;

/**
 * What the SDK repeats, and how long: waits of a second and half as much again each time, give or
 * take half, and two minutes altogether.
 */
final class Patience {
  private static final Duration FIRST_WAIT = Duration.ofSeconds(1);
  private static final double GROWTH = 1.5;

  /** The SDK's. */
  static final Duration SDK_BUDGET = Duration.ofMinutes(2);

  private final Measurements measurements;
  private final Duration budget;

  /**
   * @param budget from the first attempt to the last
   */
  Patience(Measurements measurements, Duration budget) {
    this.measurements = measurements;
    this.budget = budget;
  }

  /** One attempt. */
  @FunctionalInterface
  interface Attempt<T> {
    T make() throws IOException, InterruptedException;
  }

  /**
   * Makes attempts until one succeeds.
   *
   * @param measure the call, to name it by
   * @param beforeAnother runs before each further attempt
   * @throws GaveUp when the SDK would
   */
  <T> T call(Measure measure, Attempt<T> attempt, Runnable beforeAnother)
      throws InterruptedException {
    long first = measurements.now();
    for (double wait = FIRST_WAIT.toNanos(); ; wait *= GROWTH) {
      String code;
      boolean again;
      try {
        return attempt.make();
      } catch (StatusRuntimeException e) {
        code = e.getStatus().getCode().name();
        again = isRepeated(e.getStatus());
      } catch (HttpRefused e) {
        code = "HTTP " + e.status();
        again = e.isRepeated();
      } catch (IOException e) {
        code = e.getClass().getSimpleName();
        again = true;
      }
      measurements.error(measure.title(), code);
      long jittered = (long) (wait * ThreadLocalRandom.current().nextDouble(0.5, 1.5));
      if (!again || measurements.now() - first + jittered > budget.toNanos()) {
        throw new GaveUp(measure.title() + " " + code);
      }
      Thread.sleep(Duration.ofNanos(jittered));
      beforeAnother.run();
    }
  }

  private static boolean isRepeated(Status status) {
    return switch (status.getCode()) {
      case UNAVAILABLE, DEADLINE_EXCEEDED, INTERNAL, ABORTED, CANCELLED -> true;
      default -> false;
    };
  }
}
