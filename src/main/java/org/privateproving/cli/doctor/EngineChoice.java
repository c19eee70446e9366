package org.privateproving.cli.doctor;

import com.typesafe.config.Config;
import java.util.Locale;

/** Which engine a fulfiller would use here. */
final class EngineChoice {
  enum Engine {
    MOCK,
    NOOP,
    CPU,
    CUDA,
    UNKNOWN
  }

  static final String KEY = "private-proving.fulfiller.engine";

  private final Machine machine;

  EngineChoice(Machine machine) {
    this.machine = machine;
  }

  Engine of(Config config) {
    return switch (configured(config)) {
      case "auto" -> machine.cudaDevices().isEmpty() ? Engine.CPU : Engine.CUDA;
      case "mock" -> Engine.MOCK;
      case "noop" -> Engine.NOOP;
      case "cpu" -> Engine.CPU;
      case "cuda" -> Engine.CUDA;
      default -> Engine.UNKNOWN;
    };
  }

  static String configured(Config config) {
    return config.getString(KEY).strip().toLowerCase(Locale.ROOT);
  }
}
