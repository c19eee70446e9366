package org.privateproving.request;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.privateproving.request.RequestCommand.Timeout;

/**
 * A request's timers, one of each kind: starting one again moves it. They end with the actor, also
 * when it is restarted. Confined to the actor.
 */
final class Alarms {
  // The scheduler takes no longer ones; a timer that comes early is started again.
  private static final Duration LONGEST = Duration.ofHours(12);

  private final TimerScheduler<RequestCommand> timers;
  private final Clock clock;

  Alarms(TimerScheduler<RequestCommand> timers, Clock clock) {
    this.timers = timers;
    this.clock = clock;
  }

  /** Goes off at that time, or hours earlier: whoever gets the timeout looks at the clock. */
  void at(Timeout timeout, Instant time) {
    Duration left = Duration.between(clock.instant(), time);
    after(timeout, left.isNegative() ? Duration.ZERO : left);
  }

  /** The same after a delay. */
  void after(Timeout timeout, Duration delay) {
    timers.startSingleTimer(timeout, delay.compareTo(LONGEST) > 0 ? LONGEST : delay);
  }

  boolean isSet(Timeout timeout) {
    return timers.isTimerActive(timeout);
  }

  void cancel(Timeout timeout) {
    timers.cancel(timeout);
  }
}
