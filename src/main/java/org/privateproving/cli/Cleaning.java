package org.privateproving.cli;

import java.time.Clock;
import java.time.Duration;
import org.apache.pekko.actor.typed.ActorSystem;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the cleaners of what a server keeps, one round after the other. */
final class Cleaning {
  private static final Logger LOG = LoggerFactory.getLogger(Cleaning.class);

  private Cleaning() {}

  static void every(ActorSystem<?> system, ServerStore store, Clock clock) {
    Duration pause = store.cleanEvery();
    system
        .scheduler()
        .scheduleWithFixedDelay(pause, pause, () -> clean(store, clock), system.executionContext());
  }

  private static void clean(ServerStore store, Clock clock) {
    store
        .cleaner()
        .clean(clock.instant())
        .thenCombine(
            store.network().forget().apply(clock.instant()),
            (cleaned, forgotten) -> cleaned + ", " + forgotten)
        .whenComplete(
            (cleaned, failure) -> {
              if (failure == null) {
                LOG.debug("Cleaned: {}", cleaned);
              } else {
                LOG.warn(
                    "Cleaning failed ({}); again at the next round",
                    failure.getClass().getSimpleName());
              }
            });
  }
}
