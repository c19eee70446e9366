package org.privateproving.cli.doctor;

import com.typesafe.config.Config;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.privateproving.cli.Sp1Probe;

/** What the chosen engine needs. */
final class EngineChecks {
  private static final String GPU_SERVER_VARIABLE = "PRIVATE_PROVING_GPU_SERVER";
  private static final String GPU_SERVER = ".sp1/bin/sp1-gpu-server";

  private final Machine machine;
  private final EngineChoice engine;
  private final Sp1Probe sp1;

  EngineChecks(Machine machine, EngineChoice engine, Sp1Probe sp1) {
    this.machine = machine;
    this.engine = engine;
    this.sp1 = sp1;
  }

  List<Check> all() {
    return List.of(this::engine, this::device, this::library, this::gpuServer);
  }

  private Finding engine(Config config) {
    String configured = EngineChoice.configured(config);
    return switch (engine.of(config)) {
      case UNKNOWN ->
          Finding.fail("engine", configured, "set it to auto, mock, noop, cpu or cuda (--engine)");
      case MOCK ->
          Finding.warn("engine", "mock", "its proofs are stubs: use it for tests and nothing else");
      case NOOP ->
          Finding.warn(
              "engine", "noop", "it proves nothing: use it for load tests and nothing else");
      case CPU -> Finding.ok("engine", "cpu" + because(configured, "no CUDA device in /dev"));
      case CUDA -> Finding.ok("engine", "cuda" + because(configured, "there is a CUDA device"));
    };
  }

  private static String because(String configured, String reason) {
    return configured.equals("auto") ? " (auto: " + reason + ")" : "";
  }

  private Finding device(Config config) {
    List<Path> devices = machine.cudaDevices();
    boolean needed = engine.of(config) == EngineChoice.Engine.CUDA;
    if (devices.isEmpty()) {
      return needed
          ? Finding.fail("gpu", "no CUDA device in /dev", "give it one, or use --engine cpu")
          : Finding.ok("gpu", "none, and none needed");
    }
    Optional<String> names = machine.run(List.of("nvidia-smi", "-L"));
    if (names.isEmpty()) {
      String found = "nvidia-smi does not answer";
      return needed
          ? Finding.fail("gpu", found, "install NVIDIA's driver and see that it loads")
          : Finding.warn("gpu", found, "install NVIDIA's driver, or leave it at --engine cpu");
    }
    int device = config.getInt("private-proving.fulfiller.device");
    List<String> lines = names.get().lines().toList();
    if (needed && device >= lines.size()) {
      return Finding.fail("gpu", "no device " + device, "use --device 0 to " + (lines.size() - 1));
    }
    // What follows is the device's serial number in all but name.
    return Finding.ok("gpu", String.join(", ", lines).replaceAll(" \\(UUID: [^)]*\\)", ""));
  }

  private Finding library(Config config) {
    return switch (sp1.probe(config)) {
      case Sp1Probe.Loaded loaded ->
          Finding.ok("sp1", "SDK " + loaded.sdk() + ", circuit " + loaded.circuit());
      case Sp1Probe.NotLoaded reason ->
          Finding.fail(
              "sp1",
              reason.sentence(),
              "build it (./private-proving build), or set private-proving.fulfiller.native-library");
    };
  }

  private Finding gpuServer(Config config) {
    if (engine.of(config) != EngineChoice.Engine.CUDA) {
      return Finding.ok("gpu server", "not needed");
    }
    Path server =
        machine
            .environment(GPU_SERVER_VARIABLE)
            .map(Path::of)
            .orElseGet(() -> machine.home().resolve(GPU_SERVER));
    Optional<String> version = machine.run(List.of(server.toString(), "--version"));
    if (version.isEmpty()) {
      return Finding.fail(
          "gpu server",
          server + " is missing or does not run",
          "put sp1-gpu-server there, or its path into " + GPU_SERVER_VARIABLE);
    }
    return sp1.probe(config) instanceof Sp1Probe.Loaded loaded
            && !version.get().contains(loaded.sdk())
        ? Finding.fail(
            "gpu server",
            server + " is " + version.get(),
            "it must be of SP1 " + loaded.sdk() + ", as the native library is")
        : Finding.ok("gpu server", version.get());
  }
}
