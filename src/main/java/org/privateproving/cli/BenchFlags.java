package org.privateproving.cli;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.privateproving.bench.BenchPlan;
import org.privateproving.bench.Load;
import org.privateproving.bench.NetworkKind;
import org.privateproving.bench.Scenario;
import org.privateproving.domain.VkHash;
import org.privateproving.sp1.ProofMode;
import picocli.CommandLine.Option;

/** What load a bench is to make. */
public final class BenchFlags {
  @Option(
      names = "--scenario",
      paramLabel = "NAME",
      description = "One of ${COMPLETION-CANDIDATES}; lives unless given.",
      defaultValue = "lives")
  Scenario scenario = Scenario.LIVES;

  @Option(names = "--url", paramLabel = "URL", description = "A server; repeatable.")
  List<URI> urls = new ArrayList<>();

  @Option(
      names = "--self",
      description = "Starts a server, its database and its devices, and stops them in the end.")
  boolean self;

  @Option(
      names = "--clients",
      paramLabel = "N",
      description = "Simulated clients, each with a key and a connection of its own.")
  @Nullable Integer clients;

  @Option(
      names = "--rate",
      paramLabel = "N",
      description = "Requests begin so often a second, whatever becomes of those before.")
  @Nullable Double rate;

  @Option(
      names = "--concurrency",
      paramLabel = "N",
      description = "So many requests are under way, each begun when one has ended.")
  @Nullable Integer concurrency;

  @Option(
      names = "--requests",
      paramLabel = "N",
      description = "At most so many requests; in the scenario waiting, those that wait.")
  @Nullable Long requests;

  @Option(
      names = "--duration",
      paramLabel = "TIME",
      description = "How long requests begin that are measured, as in 60s.")
  @Nullable String duration;

  @Option(
      names = "--warm-up",
      paramLabel = "TIME",
      description = "How long requests begin before that.")
  @Nullable String warmUp;

  @Option(
      names = "--settle",
      paramLabel = "TIME",
      description = "How long to wait for what has begun; 60s unless given.",
      defaultValue = "60s")
  String settle = "60s";

  @Option(
      names = "--stdin-size",
      paramLabel = "SIZE",
      description = "Of each input, as in 1KiB or 1GiB.")
  @Nullable String stdinSize;

  @Option(
      names = "--program",
      paramLabel = "ELF",
      description = "Whose proofs are requested; guests/elf/fibonacci.elf unless given.",
      defaultValue = "guests/elf/fibonacci.elf")
  Path program = Path.of("guests/elf/fibonacci.elf");

  @Option(
      names = "--vk-hash",
      paramLabel = "HEX",
      description = "The program's; computed by SP1 unless given. Noop engines believe any.")
  @Nullable String vkHash;

  @Option(
      names = "--mode",
      paramLabel = "MODE",
      description = "One of ${COMPLETION-CANDIDATES}; core unless given.",
      defaultValue = "core")
  ProofMode mode = ProofMode.CORE;

  @Option(
      names = "--network",
      paramLabel = "KIND",
      description =
          "Whose messages are sent: one of ${COMPLETION-CANDIDATES}; reserved unless given.",
      defaultValue = "reserved")
  NetworkKind network = NetworkKind.RESERVED;

  @Option(
      names = "--poll-every",
      paramLabel = "TIME",
      description = "A client's sleep between two polls; 2s, as the SDK's, unless given.",
      defaultValue = "2s")
  String pollEvery = "2s";

  @Option(
      names = "--engine-time",
      paramLabel = "TIME",
      description =
          "What the engine takes for a proof, which is left out of what the service adds.")
  @Nullable String engineTime;

  @Option(
      names = "--devices",
      paramLabel = "N",
      description = "Fulfillers to start with --self; 1 unless given.",
      defaultValue = "1")
  int devices = 1;

  /**
   * @param engineTimeUnlessGiven what the engines that are started take
   * @throws IllegalArgumentException with a sentence
   */
  BenchPlan plan(Duration engineTimeUnlessGiven) {
    if (self == !urls.isEmpty()) {
      throw new IllegalArgumentException(
          "what is measured? (expected: --url of a server, or --self to start one)");
    }
    Load load = load();
    return new BenchPlan(
        scenario,
        urls,
        clients(load),
        load,
        Objects.requireNonNullElse(requests, scenario.requests()),
        duration == null ? scenario.duration() : time("--duration", duration),
        warmUp == null ? scenario.warmUp() : time("--warm-up", warmUp),
        time("--settle", settle),
        stdinSize == null
            ? scenario.stdinSize()
            : read("--stdin-size", stdinSize, Config::getBytes, "a size, as in 1KiB"),
        program,
        Optional.ofNullable(vkHash).map(BenchFlags::hash),
        mode,
        network,
        time("--poll-every", pollEvery),
        engineTime == null ? engineTimeUnlessGiven : time("--engine-time", engineTime),
        devices);
  }

  private Load load() {
    if (rate != null && concurrency != null) {
      throw new IllegalArgumentException("--rate and --concurrency: one of them at most");
    }
    if (rate != null) {
      return new Load.Open(rate);
    }
    if (concurrency != null) {
      return new Load.Closed(concurrency);
    }
    return clients != null && scenario.load() instanceof Load.Closed
        ? new Load.Closed(clients)
        : scenario.load();
  }

  private int clients(Load load) {
    if (clients != null) {
      return clients;
    }
    return load instanceof Load.Closed(int lives) ? lives : scenario.clients();
  }

  static Duration time(String flag, String text) {
    return read(flag, text, Config::getDuration, "a time, as in 60s");
  }

  private static <T> T read(
      String flag, String text, BiFunction<Config, String, T> reader, String expected) {
    try {
      return reader.apply(ConfigFactory.parseMap(Map.of("it", text)), "it");
    } catch (ConfigException e) {
      throw new IllegalArgumentException(flag + ": " + text + " (expected: " + expected + ")");
    }
  }

  private static byte[] hash(String hex) {
    try {
      byte[] bytes = HexFormat.of().parseHex(hex.startsWith("0x") ? hex.substring(2) : hex);
      return VkHash.of(bytes).bytes();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("--vk-hash: " + hex + " (expected: 32 bytes in hex)");
    }
  }
}
