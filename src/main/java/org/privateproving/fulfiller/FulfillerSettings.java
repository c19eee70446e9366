package org.privateproving.fulfiller;

import com.typesafe.config.Config;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.privateproving.domain.InvalidSetting;
import org.privateproving.domain.SettingsBlock;
import org.privateproving.sp1.EngineKind;

/**
 * How a fulfiller runs.
 *
 * @param name unique among the fulfillers alive in a cluster
 * @param device which CUDA device
 * @param library where the native bridge lies; empty: beside the jar
 * @param maxCycles no program runs for more, unsigned
 * @param maxInput the largest stdin or program, decompressed, in bytes
 * @param programCache programs whose keys are kept ready
 * @param drain how long it may go on with its proof when it is to stop
 * @param abandonAfter how long the device may go on with what nobody holds a lease for any more
 * @param noopDuration how long a proof of the noop engine takes
 */
public record FulfillerSettings(
    String name,
    EngineKind engine,
    int device,
    Optional<Path> library,
    long maxCycles,
    long maxInput,
    int programCache,
    Duration drain,
    Duration abandonAfter,
    Duration noopDuration) {

  private static final String PATH = "private-proving.fulfiller";
  private static final Duration LONGEST = Duration.ofHours(12);
  private static final Duration MAX_NOOP_DURATION = Duration.ofHours(1);

  /**
   * @param config the whole configuration
   * @param host to name the fulfiller after, unless the configuration names it
   * @throws InvalidSetting naming the key
   */
  public static FulfillerSettings from(Config config, String host) {
    SettingsBlock block = new SettingsBlock(config, PATH);
    int device = block.number("device");
    block.require(device >= 0, "device", device, "0 or more");
    long maxCycles = block.longNumber("max-cycles");
    block.require(maxCycles > 0, "max-cycles", maxCycles, "1 or more");
    long maxInput = block.size("max-input");
    block.require(maxInput > 0, "max-input", maxInput, "1B or more");
    int programCache = block.number("program-cache");
    block.require(programCache >= 1, "program-cache", programCache, "1 or more");
    String name = block.text("name").strip();
    String library = block.text("native-library").strip();
    return new FulfillerSettings(
        name.isEmpty() ? host + "/" + device + "/" + ProcessHandle.current().pid() : name,
        block.text("engine", text -> engine(text.strip(), device)),
        device,
        library.isEmpty() ? Optional.empty() : Optional.of(Path.of(library)),
        maxCycles,
        maxInput,
        programCache,
        block.duration("drain", Duration.ZERO, LONGEST),
        block.duration("abandon-after", Duration.ofSeconds(1), LONGEST),
        block.duration("noop-duration", Duration.ZERO, MAX_NOOP_DURATION));
  }

  private static EngineKind engine(String engine, int device) {
    return switch (engine.toLowerCase(Locale.ROOT)) {
      case "mock" -> EngineKind.MOCK;
      case "cpu" -> EngineKind.CPU;
      case "cuda" -> EngineKind.CUDA;
      case "noop" -> EngineKind.NOOP;
      case "auto" -> hasCudaDevice(device) ? EngineKind.CUDA : EngineKind.CPU;
      default ->
          throw new IllegalArgumentException(engine + " (expected: auto, mock, noop, cpu or cuda)");
    };
  }

  /** Whether the driver shows the device. */
  private static boolean hasCudaDevice(int device) {
    return Files.exists(Path.of("/dev/nvidia" + device));
  }
}
