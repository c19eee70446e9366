package org.privateproving.cli;

import com.typesafe.config.Config;

/** Asks the native library who it is, without starting an engine. */
@FunctionalInterface
public interface Sp1Probe {
  /** Never throws for what the library or its absence does. */
  Result probe(Config config);

  /** What came of it. */
  sealed interface Result {}

  /**
   * @param sdk as in 6.10.0
   * @param circuit as in v6.1.0
   */
  record Loaded(String sdk, String circuit) implements Result {}

  /**
   * @param sentence what is wrong, and where it was looked for
   */
  record NotLoaded(String sentence) implements Result {}
}
