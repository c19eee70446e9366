package org.privateproving.cli.doctor;

import com.typesafe.config.Config;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** Java, memory, cores, clock. */
final class MachineChecks {
  static final long CPU_PROOF_BYTES = 11L << 30;
  private static final long LEAST_BYTES = 3L << 30;
  private static final int JAVA = 25;
  private static final int CORES = 8;

  /** No clock was ever right and showed less than this. */
  private static final Instant RELEASED = Instant.parse("2026-01-01T00:00:00Z");

  private final Machine machine;
  private final EngineChoice engine;

  MachineChecks(Machine machine, EngineChoice engine) {
    this.machine = machine;
    this.engine = engine;
  }

  List<Check> all() {
    return List.of(this::java, this::memory, this::cores, this::clock);
  }

  private Finding java(Config config) {
    int version = machine.javaVersion();
    return version == JAVA
        ? Finding.ok("java", "JDK " + version)
        : Finding.fail("java", "JDK " + version, "run it on JDK " + JAVA + ", and no other");
  }

  private Finding memory(Config config) {
    long bytes = machine.memoryBytes();
    String found = Sizes.show(bytes) + " of memory";
    if (bytes < LEAST_BYTES) {
      return Finding.fail("memory", found, "give it " + Sizes.show(LEAST_BYTES) + " or more");
    }
    if (engine.of(config) == EngineChoice.Engine.CPU && bytes < CPU_PROOF_BYTES) {
      return Finding.warn(
          "memory",
          found,
          "a core proof on the CPU takes about 10 GiB: give it more, or use --engine mock or cuda");
    }
    return Finding.ok("memory", found);
  }

  private Finding cores(Config config) {
    int cores = machine.cores();
    String found = cores + (cores == 1 ? " core" : " cores");
    if (engine.of(config) == EngineChoice.Engine.CPU && cores < CORES) {
      return Finding.warn("cores", found, "expect minutes for the smallest proof on the CPU");
    }
    return Finding.ok("cores", found);
  }

  private Finding clock(Config config) {
    Instant now = machine.now().truncatedTo(ChronoUnit.SECONDS);
    return now.isBefore(RELEASED)
        ? Finding.fail("clock", now + " by this machine", "set it: deadlines are times of day")
        : Finding.ok("clock", now + " by this machine; deadlines are measured by it");
  }
}
