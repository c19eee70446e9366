package org.privateproving.database;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.privateproving.domain.InvalidSetting;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real PostgreSQL inside a folder, for an installation that brings no database along.
 *
 * <p>Durable: what is committed survives the end of this process and of the machine. Private: it
 * listens on the loopback address only and wants a password that stands in the folder, readable by
 * its owner alone. Alone: one process at a time may use a folder; a server that an earlier process
 * left running is stopped first.
 */
public final class BundledPostgres implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BundledPostgres.class);
  private static final String USER = "postgres";

  private final PostgresFolder folder;
  private final FolderLock lock;
  private final PostgresCommands commands;
  private final int port;
  private boolean closed;

  private BundledPostgres(
      PostgresFolder folder, FolderLock lock, PostgresCommands commands, int port) {
    this.folder = folder;
    this.lock = lock;
    this.commands = commands;
    this.port = port;
  }

  /**
   * Starts the server in {@code folder}, which is made if need be, and returns once it answers.
   *
   * @throws InvalidSetting if another process uses the folder, or PostgreSQL cannot run here
   * @throws IOException if the server does not start; the message says where its log is
   */
  public static BundledPostgres start(Path folder) throws IOException {
    return start(folder, folder, true);
  }

  /**
   * @param binaries where the programs are unpacked
   * @param durable off only for tests, to which a crash of the machine means nothing
   */
  static BundledPostgres start(Path folder, Path binaries, boolean durable) throws IOException {
    var files = new PostgresFolder(folder);
    FolderLock lock = FolderLock.take(files.lock(), folder);
    try {
      Files.deleteIfExists(files.startLog());
      var commands = new PostgresCommands(PostgresBinaries.unpackUnder(binaries), files.startLog());
      files.initialize(commands, USER);
      stopLeftOver(files, commands);
      int port = freePort();
      files.configure(port, durable);
      boolean started =
          commands.run(
              "pg_ctl",
              List.of(
                  "start",
                  "--wait",
                  "--timeout=300",
                  "--silent",
                  "--pgdata=" + files.data(),
                  "--log=" + files.startLog()));
      if (!started) {
        throw new IOException(
            "PostgreSQL does not start in " + folder + ". Its log: " + files.lastWords());
      }
      LOG.info("PostgreSQL runs in {}, on loopback port {}", folder, port);
      return new BundledPostgres(files, lock, commands, port);
    } catch (Throwable e) {
      lock.close();
      throw e;
    }
  }

  /** How to reach it, with everything else as in {@code settings}. */
  public DatabaseSettings connect(DatabaseSettings settings) throws IOException {
    return settings.at(url("postgres"), USER, folder.password());
  }

  String url(String database) {
    return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
  }

  /** Ends all connections and stops the server. Stopping twice is fine. */
  @Override
  public synchronized void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    try {
      stop(folder, commands);
      LOG.info("PostgreSQL stopped");
    } finally {
      lock.close();
    }
  }

  // INVARIANT: we hold the folder's lock, so whatever server runs on it has lost its process.
  private static void stopLeftOver(PostgresFolder files, PostgresCommands commands)
      throws IOException {
    Optional<Long> pid = files.recordedPid();
    if (pid.isEmpty()) {
      return;
    }
    if (isServerOf(files, pid.get())) {
      LOG.info("Stopping the PostgreSQL that an earlier process left running");
      stop(files, commands);
    } else {
      // The number may belong to anything by now, and PostgreSQL would take that for a server.
      Files.deleteIfExists(files.pidFile());
    }
  }

  private static boolean isServerOf(PostgresFolder files, long pid) {
    String data = files.data().toString();
    return ProcessHandle.of(pid)
        .flatMap(process -> process.info().arguments())
        .map(
            arguments ->
                Stream.of(arguments).anyMatch(a -> a.equals(data) || a.endsWith("=" + data)))
        .orElse(false);
  }

  private static void stop(PostgresFolder files, PostgresCommands commands) throws IOException {
    for (String mode : List.of("fast", "immediate")) {
      if (files.recordedPid().isEmpty()
          || commands.run(
              "pg_ctl",
              List.of(
                  "stop",
                  "--wait",
                  "--timeout=60",
                  "--silent",
                  "--mode=" + mode,
                  "--pgdata=" + files.data()))) {
        return;
      }
    }
    throw new IOException("PostgreSQL does not stop. Its log: " + files.lastWords());
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
