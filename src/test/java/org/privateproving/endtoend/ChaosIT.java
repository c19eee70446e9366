package org.privateproving.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Three hundred requests in flight, and one trouble after the other, at random. Every request ends
 * once and rightly, no proof is lost, and nothing is left behind.
 *
 * <p>System properties: {@code chaos.minutes} (5), {@code chaos.seed} (any; it is printed, and the
 * same seed brings the same troubles in the same order), {@code chaos.longest} (15): how many
 * seconds a trouble lasts at most.
 */
@Tag("under-fire")
class ChaosIT {
  private static final Logger LOG = LoggerFactory.getLogger(ChaosIT.class);
  private static final int IN_FLIGHT = 300;

  @TempDir Path folder;

  @Test
  void nothingIsLost() throws Exception {
    long seed = Long.getLong("chaos.seed", new Random().nextInt(1_000_000));
    Duration lasts = Duration.ofMinutes(Long.getLong("chaos.minutes", 5));
    Duration longest = Duration.ofSeconds(Long.getLong("chaos.longest", 15));
    LOG.info("Seed {}: again with -Dchaos.seed={}", seed, seed);
    Random random = new Random(seed);
    try (ChaosField field = new ChaosField(folder, random, longest);
        ChaosLoad load = new ChaosLoad(field.cluster.url(), IN_FLIGHT, seed)) {
      try {
        load.start();
        Instant over = Instant.now().plus(lasts);
        List<Trouble> next = new ArrayList<>();
        while (Instant.now().isBefore(over) && load.failures().isEmpty()) {
          if (next.isEmpty()) {
            // Each once before any comes again.
            next.addAll(List.of(Trouble.values()));
            Collections.shuffle(next, random);
          }
          Trouble trouble = next.removeLast();
          Instant began = Instant.now();
          field.meet(trouble);
          LOG.info(
              "{}: over after {} s; {} requests have ended",
              trouble,
              Duration.between(began, Instant.now()).toSeconds(),
              load.ended().size());
        }
        load.finish();
        assertThat(load.failures()).isEmpty();
        new ChaosVerdict(field.database()).assertNothingIsLost(load.ended());
        LOG.info("{} requests; told to come again: {}", load.ended().size(), load.refusals());
      } catch (Throwable e) {
        Path logs = Path.of("target", "chaos-" + seed + ".log");
        Files.writeString(logs, field.cluster.logs());
        LOG.error("Seed {} failed; the nodes' logs: {}", seed, logs);
        throw e;
      }
    }
  }
}
