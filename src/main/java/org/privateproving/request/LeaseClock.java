package org.privateproving.request;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.privateproving.request.State.Lease;

/**
 * Until when the present lease runs. Renewals are not persisted, since they are many and a crash
 * may forget them: after it the holder has one term to be heard from. Confined to the actor.
 */
final class LeaseClock {
  private final Duration term;
  private final Clock clock;
  private @Nullable Instant until;

  /**
   * @param term how long a lease runs from each renewal
   */
  LeaseClock(Duration term, Clock clock) {
    this.term = term;
    this.clock = clock;
  }

  /** Runs until the lease's own end, unless it runs already; says until when it runs. */
  Instant follow(Lease lease) {
    if (until == null) {
      until = lease.until();
    }
    return until;
  }

  /** Runs until the lease's own end, but for one term from now at least. */
  void recover(Lease lease) {
    Instant heardFrom = clock.instant().plus(term);
    until = lease.until().isAfter(heardFrom) ? lease.until() : heardFrom;
  }

  /** Runs for one term from now. */
  void renew() {
    until = clock.instant().plus(term);
  }

  /** There is no lease. */
  void stop() {
    until = null;
  }

  /** Whether no lease runs any more. */
  boolean isOver() {
    return until == null || !clock.instant().isBefore(until);
  }
}
