package org.privateproving.endtoend;

import static org.awaitility.Awaitility.await;

import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Repeats what is refused, as the SDK does, and remembers the codes it was told. For one thread.
 */
final class RepeatingCaller {
  static final Duration WITHIN = Duration.ofMinutes(1);
  static final Duration EVERY = Duration.ofMillis(100);

  private final List<Code> told = new ArrayList<>();

  /** A call without an answer that counts. */
  @FunctionalInterface
  interface Attempt {
    void make() throws Exception;
  }

  <T> T persist(Callable<T> call) {
    AtomicReference<T> answer = new AtomicReference<>();
    await()
        .atMost(WITHIN)
        .pollDelay(Duration.ZERO)
        .pollInterval(EVERY)
        .until(() -> attempt(() -> answer.set(call.call())));
    return answer.get();
  }

  /** Whether it was answered. */
  boolean attempt(Attempt attempt) {
    try {
      attempt.make();
      return true;
    } catch (StatusRuntimeException e) {
      told.add(e.getStatus().getCode());
      return false;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  List<Code> told() {
    return List.copyOf(told);
  }

  void forget() {
    told.clear();
  }
}
