package org.privateproving.endtoend;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The unmodified SP1 SDK, by way of the example client: one run of it, and what it said.
 *
 * @param lines one JSON object each; {@code event} says which, {@code unixMillis} when
 */
public record SdkClient(int exit, List<JsonNode> lines, String output) {
  /** Never a key of anybody's. */
  public static final String KEY = "01".repeat(32);

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long WITHIN_MINUTES = 20;

  /** A guest program by name. */
  public static Path elf(String guest) {
    return Path.of("guests", "elf", guest + ".elf").toAbsolutePath();
  }

  /** A run that goes on beside the test. */
  public static final class Running {
    private final Process process;
    private final Path out;

    private Running(Process process, Path out) {
      this.process = process;
      this.out = out;
    }

    public String outputSoFar() {
      try {
        return Files.readString(out);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    public boolean isAlive() {
      return process.isAlive();
    }

    /** Waits for its end. */
    public SdkClient await() throws InterruptedException {
      if (!process.waitFor(WITHIN_MINUTES, TimeUnit.MINUTES)) {
        process.destroyForcibly();
        throw new AssertionError("the client did not end:\n" + outputSoFar());
      }
      return parse(process.exitValue(), outputSoFar());
    }
  }

  /** Starts a run with {@code --json}, a key of its own and the mock prover's verifier. */
  public static Running start(URI url, String... arguments) {
    try {
      Path client =
          Path.of(
              System.getProperty("private-proving.client", "target/native/private-proving-client"));
      List<String> command = new ArrayList<>(List.of(client.toAbsolutePath().toString()));
      command.addAll(List.of("--rpc-url", url.toString(), "--json"));
      command.addAll(Arrays.asList(arguments));
      if (!command.contains("--private-key")) {
        command.addAll(List.of("--private-key", KEY));
      }
      if (!command.contains("--verify")) {
        command.addAll(List.of("--verify", "mock"));
      }
      if (!command.contains("--key-cache")) {
        // Computing a program's key takes the SDK many seconds each time.
        Path cache = Path.of("target", "client-keys").toAbsolutePath();
        Files.createDirectories(cache);
        command.addAll(List.of("--key-cache", cache.toString()));
      }
      Path out = Files.createTempFile("sdk-client-", ".jsonl");
      out.toFile().deleteOnExit();
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(out.toFile())
              .start();
      return new Running(process, out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Computes the programs' keys, once and for all: runs that start at the same time would each do
   * so.
   */
  public static void prepare(URI url, String... guests) throws InterruptedException {
    List<String> arguments = new ArrayList<>(List.of("--count", "0"));
    for (String guest : guests) {
      arguments.addAll(List.of("--elf", elf(guest).toString()));
    }
    SdkClient client = run(url, arguments.toArray(String[]::new));
    if (client.exit() != 0) {
      throw new AssertionError(client.output());
    }
  }

  /** Runs to the end. */
  public static SdkClient run(URI url, String... arguments) throws InterruptedException {
    return start(url, arguments).await();
  }

  /** The lines of one kind: requested, proved, done, failed, details, … */
  public List<JsonNode> events(String event) {
    return lines.stream().filter(line -> line.path("event").asText().equals(event)).toList();
  }

  /** The only line of its kind. */
  public JsonNode event(String event) {
    List<JsonNode> found = events(event);
    if (found.size() != 1) {
      throw new AssertionError(
          event + ": " + found.size() + " lines (expected: 1), in:\n" + output);
    }
    return found.getFirst();
  }

  /** When it wrote the only line of that kind. */
  public Instant at(String event) {
    return at(event(event));
  }

  /** When it wrote this line. */
  static Instant at(JsonNode line) {
    return Instant.ofEpochMilli(line.path("unixMillis").asLong());
  }

  private static SdkClient parse(int exit, String output) {
    List<JsonNode> lines = new ArrayList<>();
    output
        .lines()
        .filter(line -> line.startsWith("{"))
        .forEach(
            line -> {
              try {
                lines.add(JSON.readTree(line));
              } catch (IOException e) {
                throw new AssertionError("not JSON: " + line, e);
              }
            });
    return new SdkClient(exit, lines, output);
  }
}
