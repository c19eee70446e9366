package org.privateproving.network.upstream;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.pattern.CircuitBreaker;
import org.jspecify.annotations.Nullable;
import org.privateproving.domain.RootCause;
import org.privateproving.network.NetworkRefusal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the network answers: a circuit breaker. After some failures in a row calls fail at once,
 * until after a pause one is let through to find out; each time that one fails the pause doubles.
 * Thread-safe.
 */
public final class Reachability {
  private static final Logger LOG = LoggerFactory.getLogger(Reachability.class);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  private final CircuitBreaker breaker;
  private final String who;
  private final Clock clock;
  private volatile @Nullable Instant awaySince;

  /**
   * @param who does or does not answer, for the log
   * @param maxFailures in a row
   * @param callTimeout a little more than each call's own
   * @param pause the first one
   */
  Reachability(
      ActorSystem<?> system,
      String who,
      int maxFailures,
      Duration callTimeout,
      Duration pause,
      Clock clock) {
    this.who = who;
    this.clock = clock;
    this.breaker =
        new CircuitBreaker(
                system.executionContext(),
                system.classicSystem().scheduler(),
                maxFailures,
                callTimeout,
                pause)
            .withExponentialBackoff(LONGEST_PAUSE)
            .addOnOpenListener(this::opened)
            .addOnCloseListener(this::closed);
  }

  /** Since when the network has not answered; empty while it does. */
  public Optional<Instant> awaySince() {
    return Optional.ofNullable(awaySince);
  }

  <T> CompletionStage<T> guard(Callable<CompletionStage<T>> call) {
    return breaker.callWithCircuitBreakerCS(
        call, (_, failure) -> failure.isPresent() && isAway(failure.get()));
  }

  /** An answer is an answer, whatever it says; only silence and broken connections count. */
  private static boolean isAway(Throwable failure) {
    return !(RootCause.of(failure) instanceof NetworkRefusal refusal)
        || switch (refusal.code()) {
          case UNAVAILABLE, DEADLINE_EXCEEDED -> true;
          default -> false;
        };
  }

  private void opened() {
    if (awaySince == null) {
      awaySince = clock.instant();
      LOG.warn("{} does not answer", who);
    }
  }

  private void closed() {
    awaySince = null;
    LOG.info("{} answers again", who);
  }
}
