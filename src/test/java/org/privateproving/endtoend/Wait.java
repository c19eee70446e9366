package org.privateproving.endtoend;

import java.time.Duration;
import java.time.Instant;

/**
 * How long a user of the SDK waited for the end of a request. The SDK polls at once, and sleeps two
 * seconds after each answer; so who hears of the end before the next multiple of two seconds was
 * answered by a poll that the server held (or by the first, if it had ended by then), on however
 * slow a machine.
 *
 * @param requested when the client had the request's id
 * @param ended when the server had the end in its journal
 * @param told when the client knew
 */
record Wait(Instant requested, Instant ended, Instant told) {
  private static final Duration SDK_SLEEP = Duration.ofSeconds(2);

  /** How long the end was there and its user did not know. */
  Duration untold() {
    return Duration.between(ended, told);
  }

  /** Whether it ended while the first poll was still held, by the default bound of 3 s. */
  boolean couldBeHeld() {
    return Duration.between(requested, ended).compareTo(Duration.ofSeconds(3)) < 0;
  }

  boolean isOverBeforeTheNextPoll() {
    long sleeps = Duration.between(requested, ended).dividedBy(SDK_SLEEP) + 1;
    return told.isBefore(requested.plus(SDK_SLEEP.multipliedBy(sleeps)));
  }
}
