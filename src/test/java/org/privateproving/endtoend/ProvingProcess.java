package org.privateproving.endtoend;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.privateproving.database.DatabaseSettings;

/**
 * The packaged program as a process of its own, running {@code up} unless told otherwise: what a
 * user has. Its ports are free ones, its data folder is the test's.
 */
public final class ProvingProcess implements AutoCloseable {
  private static final Pattern READY = Pattern.compile("^ready: (\\S+) ", Pattern.MULTILINE);
  private static final Duration START_WITHIN = Duration.ofMinutes(3);

  private final Process process;
  private final Path log;

  private ProvingProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /** What differs from {@code up --engine mock} with the embedded database. */
  public static final class Builder {
    private final Path data;
    private final List<String> jvm = new ArrayList<>(List.of("-Xmx512m"));
    private final List<String> arguments = new ArrayList<>();
    private String command = "up";
    private String engine = "mock";
    private int port;
    private int managementPort;
    private int clusterPort;
    private final Map<String, String> environment = new HashMap<>();

    private Builder(Path data) {
      this.data = data;
    }

    public Builder engine(String name) {
      engine = name;
      return this;
    }

    /** The port of an earlier process, so that its clients find this one. */
    public Builder port(int fixed) {
      port = fixed;
      return this;
    }

    /** Any free one unless given. */
    public Builder managementPort(int fixed) {
      managementPort = fixed;
      return this;
    }

    /** A server without a device. */
    public Builder server() {
      command = "server";
      return this;
    }

    /** A device without a server. */
    public Builder fulfiller() {
      command = "fulfiller";
      return this;
    }

    /** Any free one unless given. */
    public Builder clusterPort(int fixed) {
      clusterPort = fixed;
      return this;
    }

    public Builder environment(String name, String value) {
      environment.put(name, value);
      return this;
    }

    /** Options of the JVM, after the defaults. */
    public Builder jvm(String... options) {
      jvm.addAll(Arrays.asList(options));
      return this;
    }

    /** As in {@code gateway.hold=0s}. */
    public Builder set(String setting) {
      arguments.add("--set");
      arguments.add(setting);
      return this;
    }

    public Builder argument(String... more) {
      arguments.addAll(Arrays.asList(more));
      return this;
    }

    /** An external database instead of the embedded one. */
    public Builder database(DatabaseSettings settings) {
      set("database.url=" + settings.url());
      set("database.user=" + settings.user());
      password = settings.password();
      return this;
    }

    private String password = "";
    private boolean classArchive = true;

    /** As the first process of a jar has to. */
    Builder withoutClassArchive() {
      classArchive = false;
      return this;
    }

    /** Starts it and waits until clients may come; its engine may still be starting. */
    public ProvingProcess start() {
      ProvingProcess started = launch();
      started.awaitLine("ready: ");
      return started;
    }

    /** Starts it and waits for nothing. */
    public ProvingProcess launch() {
      try {
        Files.createDirectories(data);
        Path log = Files.createTempFile(data, command + "-", ".log");
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.add("--sun-misc-unsafe-memory-access=allow");
        line.add("--enable-native-access=ALL-UNNAMED");
        // The collector and the compiler that start fastest on few cores.
        line.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        if (classArchive) {
          line.addAll(ClassArchive.options());
        }
        line.addAll(jvm);
        line.add("-jar");
        line.add(Path.of("target", "private-proving.jar").toAbsolutePath().toString());
        line.addAll(List.of(command, "--data", data.toString()));
        if (!command.equals("server")) {
          line.addAll(List.of("--engine", engine));
        }
        if (!command.equals("fulfiller")) {
          line.addAll(List.of("--port", Integer.toString(port)));
        }
        line.addAll(List.of("--management-port", Integer.toString(managementPort)));
        line.addAll(List.of("--set", "cluster.port=" + clusterPort));
        line.addAll(arguments);
        ProcessBuilder builder =
            new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        if (!password.isEmpty()) {
          builder.environment().put("PRIVATE_PROVING_DATABASE_PASSWORD", password);
        }
        return new ProvingProcess(builder.start(), log);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  public static Builder in(Path data) {
    return new Builder(data);
  }

  /** Where clients go. */
  public URI url() {
    Matcher ready = READY.matcher(log());
    if (!ready.find()) {
      throw new IllegalStateException("not ready:\n" + log());
    }
    return URI.create(ready.group(1));
  }

  public int port() {
    return url().getPort();
  }

  /** Everything it has printed. */
  public String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public ProvingProcess awaitEngine() {
    awaitLine("engine ready: ");
    return this;
  }

  /**
   * Waits for a line with this text; fails at once, with all that was printed, if it ends first.
   */
  public void awaitLine(String text) {
    await("a line with '" + text + "'")
        .atMost(START_WITHIN)
        .pollInterval(Duration.ofMillis(100))
        .failFast(
            "the process ended",
            () -> {
              if (!process.isAlive()) {
                throw new AssertionError("the process ended:\n" + log());
              }
            })
        .until(() -> log().contains(text));
  }

  public ProcessHandle handle() {
    return process.toHandle();
  }

  /** SIGKILL, to this process alone: its database goes on, as after a real kill -9. */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** SIGSTOP: it stands still, and its connections stay. */
  public void pause() throws IOException, InterruptedException {
    signal("STOP");
  }

  /** SIGCONT. */
  public void goOn() throws IOException, InterruptedException {
    signal("CONT");
  }

  private void signal(String name) throws IOException, InterruptedException {
    int status =
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
            .inheritIO()
            .start()
            .waitFor();
    if (status != 0) {
      throw new IOException("kill -" + name + ": status " + status);
    }
  }

  /** SIGTERM; the exit status, or empty if it has not ended in a minute. */
  public Optional<Integer> stop() throws InterruptedException {
    process.destroy();
    return process.waitFor(1, TimeUnit.MINUTES)
        ? Optional.of(process.exitValue())
        : Optional.empty();
  }

  @Override
  public void close() {
    try {
      if (process.isAlive() && stop().isEmpty()) {
        kill();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
