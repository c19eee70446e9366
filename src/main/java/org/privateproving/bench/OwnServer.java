package org.privateproving.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.privateproving.database.BundledPostgres;
import org.privateproving.database.DatabaseSettings;

/**
 * A server that a bench starts for itself, with a database and devices of its own, each a process
 * as an operator would have it. What they print is in the folder.
 */
final class OwnServer implements AutoCloseable {
  private static final Pattern READY = Pattern.compile("^ready: (\\S+) ", Pattern.MULTILINE);
  private static final Duration START_WITHIN = Duration.ofMinutes(3);
  private static final long STOP_SECONDS = 60;

  private final Behind.Own settings;
  private final Path folder;
  private final int clusterPort;
  private final BundledPostgres postgres;
  private final DatabaseSettings database;
  private final List<Process> processes = new CopyOnWriteArrayList<>();
  private boolean closed;
  private URI url = URI.create("http://127.0.0.1");

  private OwnServer(
      Behind.Own settings,
      Path folder,
      int clusterPort,
      BundledPostgres postgres,
      DatabaseSettings database) {
    this.settings = settings;
    this.folder = folder;
    this.clusterPort = clusterPort;
    this.postgres = postgres;
    this.database = database;
  }

  /**
   * Starts the database and a server without devices, and waits until clients may come.
   *
   * @param folder for everything, kept afterwards
   */
  static OwnServer start(Behind.Own settings, Path folder)
      throws IOException, InterruptedException {
    Files.createDirectories(folder);
    BundledPostgres postgres = BundledPostgres.start(folder.resolve("postgres"));
    int clusterPort = freePort();
    DatabaseSettings database = postgres.connect(new DatabaseSettings("", "", "", 1, 0));
    OwnServer server = new OwnServer(settings, folder, clusterPort, postgres, database);
    // Also when somebody stops the bench half way.
    Runtime.getRuntime().addShutdownHook(new Thread(server::closeAtLast, "close"));
    try {
      server.startServer();
      return server;
    } catch (IOException | InterruptedException | RuntimeException e) {
      server.close();
      throw e;
    }
  }

  private void startServer() throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("server", "--database-url", database.url()));
    command.addAll(List.of("--set", "database.user=" + database.user(), "--port", "0"));
    command.addAll(List.of("--cluster-port", Integer.toString(clusterPort)));
    for (String assignment : settings.settings()) {
      command.addAll(List.of("--set", assignment));
    }
    String log = run("server", command, READY);
    Matcher ready = READY.matcher(log);
    if (ready.find()) {
      url = URI.create(ready.group(1));
    }
  }

  /** Starts fulfillers, and waits until their engines are open. */
  void startDevices(int count) throws IOException, InterruptedException {
    for (int i = 0; i < count; i++) {
      List<String> command = new ArrayList<>(List.of("fulfiller", "--engine", settings.engine()));
      command.addAll(List.of("--seed", "127.0.0.1:" + clusterPort, "--cluster-port", "0"));
      command.addAll(
          List.of("--set", "fulfiller.noop-duration=" + settings.noopDuration().toMillis() + "ms"));
      command.addAll(List.of("--set", "fulfiller.name=device-" + i));
      run("device-" + i, command, Pattern.compile("^engine ready: ", Pattern.MULTILINE));
    }
  }

  /** Starts a process and returns what it has printed when that says it is ready. */
  private String run(String name, List<String> arguments, Pattern ready)
      throws IOException, InterruptedException {
    Path log = folder.resolve(name + ".log");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of("--sun-misc-unsafe-memory-access=allow", "--enable-native-access=ALL-UNNAMED"));
    command.addAll(settings.jvm());
    command.addAll(List.of("-jar", jar().toString()));
    command.addAll(arguments);
    command.addAll(List.of("--data", folder.resolve(name).toString(), "--management-port", "0"));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    Map<String, String> environment = builder.environment();
    environment.put("PRIVATE_PROVING_DATABASE_PASSWORD", database.password());
    Process process = builder.start();
    processes.add(process);
    long end = System.nanoTime() + START_WITHIN.toNanos();
    while (true) {
      String printed = Files.readString(log);
      if (ready.matcher(printed).find()) {
        return printed;
      }
      if (process.waitFor(100, TimeUnit.MILLISECONDS) || System.nanoTime() - end > 0) {
        throw new IOException(name + " did not start; what it said is in " + log);
      }
    }
  }

  private static Path jar() {
    try {
      return Path.of(OwnServer.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException("a class comes from nowhere", e);
    }
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  URI url() {
    return url;
  }

  DatabaseSettings database() {
    return database;
  }

  /** Watches over server, devices and database, in this order, as far as they have been started. */
  List<ProcessWatch> watch() throws IOException {
    List<ProcessWatch> watches = new ArrayList<>();
    for (int i = 0; i < processes.size(); i++) {
      String name = i == 0 ? "server" : "device-" + (i - 1);
      watches.add(ProcessWatch.ofJava(name, processes.get(i).pid()));
    }
    watches.add(ProcessWatch.of("database", postmaster()));
    return watches;
  }

  private long postmaster() throws IOException {
    Path file = folder.resolve("postgres").resolve("data").resolve("postmaster.pid");
    return Long.parseLong(Files.readAllLines(file).getFirst().strip());
  }

  private void closeAtLast() {
    try {
      close();
    } catch (IOException e) {
      // Nobody is left to be told; what the database said is in the folder.
    }
  }

  /** Stops all of it; stopping twice is fine. */
  @Override
  public synchronized void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    processes.reversed().forEach(Process::destroy);
    try {
      for (Process process : processes.reversed()) {
        if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
          process.destroyForcibly();
        }
      }
    } catch (InterruptedException e) {
      processes.forEach(Process::destroyForcibly);
      Thread.currentThread().interrupt();
    } finally {
      postgres.close();
    }
  }
}
