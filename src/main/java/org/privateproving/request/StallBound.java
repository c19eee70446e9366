package org.privateproving.request;

import java.time.Duration;
import org.privateproving.domain.SettingsBlock;
import org.privateproving.fulfiller.WorkReport.ExecutionReport;
import org.privateproving.fulfiller.WorkReport.Heartbeat;
import org.privateproving.fulfiller.WorkReport.Phase;

/**
 * How long a fulfiller may be at one phase of a request before it counts as hanging, however well
 * its heart beats.
 *
 * @param base for any phase
 * @param perMegacycle more for proving, for each million cycles that the program ran for
 */
public record StallBound(Duration base, Duration perMegacycle) {
  private static final long MEGACYCLE = 1_000_000;
  private static final Duration LEAST_BASE = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofDays(365);

  /**
   * @param block of {@code requests}
   */
  static StallBound from(SettingsBlock block) {
    return new StallBound(
        block.duration("stall-base", LEAST_BASE, LONGEST),
        block.duration("stall-per-megacycle", Duration.ZERO, LONGEST));
  }

  /**
   * Whether the sender of this hangs. One that does not say how long it has been at it does not.
   */
  boolean isOver(Heartbeat beat) {
    return beat.inPhase().filter(time -> time.compareTo(of(beat)) > 0).isPresent();
  }

  private Duration of(Heartbeat beat) {
    if (beat.phase() != Phase.PROVING) {
      return base;
    }
    long cycles = beat.execution().map(ExecutionReport::cycles).orElse(0L);
    long megacycles = Long.divideUnsigned(cycles, MEGACYCLE);
    // As much as anybody may wait; what is beyond would not fit into a number.
    boolean forEver = perMegacycle.isPositive() && megacycles > LONGEST.dividedBy(perMegacycle);
    return forEver ? LONGEST : base.plus(perMegacycle.multipliedBy(megacycles));
  }
}
