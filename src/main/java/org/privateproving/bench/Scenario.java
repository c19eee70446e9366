package org.privateproving.bench;

import java.time.Duration;
import java.util.Locale;

/** What is measured, each with a load of its own, which the command line may change. */
public enum Scenario {
  /** Whole lives, one after the other for each client: how many a second. */
  LIVES(new Preset(16, new Load.Closed(16), 0, 60, 10, 1L << 10)),
  /** Lives that begin at a fixed rate: how long a request waits for a free device. */
  HANDOFF(new Preset(50, new Load.Open(50), 0, 60, 10, 1L << 10)),
  /** A long queue without a device, then devices, and urgent requests that overtake it. */
  WAITING(new Preset(32, new Load.Open(1), 100_000, 60, 10, 1L << 10)),
  /** Large inputs. */
  UPLOAD(new Preset(1, new Load.Closed(1), 3, 600, 0, 1L << 30)),
  /** Clients that wait for proofs that nobody makes, and poll as the SDK does. */
  POLLS(new Preset(2_000, new Load.Closed(2_000), 0, 60, 10, 1L << 10));

  // A record of values, and of loads that are records of values.
  @SuppressWarnings("ImmutableEnumChecker")
  private final Preset preset;

  /** The load unless told otherwise; times in seconds, as {@link BenchPlan} has them. */
  record Preset(int clients, Load load, long requests, int duration, int warmUp, long stdinSize) {}

  Scenario(Preset preset) {
    this.preset = preset;
  }

  public int clients() {
    return preset.clients();
  }

  public Load load() {
    return preset.load();
  }

  public long requests() {
    return preset.requests();
  }

  public Duration duration() {
    return Duration.ofSeconds(preset.duration());
  }

  public Duration warmUp() {
    return Duration.ofSeconds(preset.warmUp());
  }

  public long stdinSize() {
    return preset.stdinSize();
  }

  /** As it is written on the command line. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
