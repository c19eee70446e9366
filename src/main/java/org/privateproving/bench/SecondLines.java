package org.privateproving.bench;

import java.io.PrintStream;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Prints what happened in each second, once it is over; or, unless that is wanted, every tenth. */
final class SecondLines implements AutoCloseable {
  private static final int SELDOM = 10;

  private final Measurements measurements;
  private final Crowd crowd;
  private final PrintStream out;
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory());
  private long printed;

  SecondLines(Measurements measurements, Crowd crowd, boolean every, PrintStream out) {
    this.measurements = measurements;
    this.crowd = crowd;
    this.out = out;
    int period = every ? 1 : SELDOM;
    var _ = clock.scheduleAtFixedRate(() -> print(period), period, period, TimeUnit.SECONDS);
  }

  private void print(int period) {
    printed += period;
    Report.Second second = ReportMaking.second(measurements, printed - 1);
    out.println(
        String.format(
            Locale.ROOT,
            "second %d: started %d, accepted %d, completed %d, failed %d, polls %d, errors %d; under"
                + " way %d",
            second.second(),
            second.started(),
            second.accepted(),
            second.completed(),
            second.failed(),
            second.polls(),
            second.errors(),
            crowd.alive()));
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }
}
