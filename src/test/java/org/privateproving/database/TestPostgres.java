package org.privateproving.database;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One PostgreSQL per JVM, started when it is first needed, and a fresh database per caller. Use
 * {@link #freshDatabase()} once per test class: it holds the whole schema.
 */
public final class TestPostgres {
  private static final String TEMPLATE = "migrated";
  private static final AtomicInteger COUNTER = new AtomicInteger();

  private TestPostgres() {}

  /** A new database with all migrations applied, of which nobody else knows. */
  public static DatabaseSettings freshDatabase() {
    return create("TEMPLATE " + TEMPLATE);
  }

  /** A new database without any table. */
  public static DatabaseSettings emptyDatabase() {
    return create("TEMPLATE template0");
  }

  /** Where the server keeps everything, to look for what must not be there. */
  public static Path dataFolder() {
    return Server.INSTANCE.folder.resolve("data");
  }

  /** What the server has logged lies here. */
  public static Path logFolder() {
    return Server.INSTANCE.folder.resolve("log");
  }

  /** Where the programs are unpacked, once per machine: their folder's name holds their digest. */
  static Path binaries() throws IOException {
    return Folders.createPrivate(
        Path.of(System.getProperty("java.io.tmpdir"), "private-proving-postgresql"));
  }

  private static DatabaseSettings create(String how) {
    String name = "test_" + COUNTER.incrementAndGet();
    Server.INSTANCE.execute("CREATE DATABASE " + name + " " + how);
    return Server.INSTANCE.settings(name);
  }

  private record Server(Path folder, BundledPostgres postgres) {
    static final Server INSTANCE = start();

    static Server start() {
      try {
        Path folder = Files.createTempDirectory("private-proving-test-");
        var server = new Server(folder, BundledPostgres.start(folder, binaries(), false));
        Runtime.getRuntime().addShutdownHook(new Thread(server::stop));
        server.execute("CREATE DATABASE " + TEMPLATE);
        Migrations.migrate(server.settings(TEMPLATE));
        return server;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    DatabaseSettings settings(String database) {
      try {
        var pool = new DatabaseSettings("", "postgres", "", 4, 1_000);
        DatabaseSettings server = postgres.connect(pool);
        return server.at(postgres.url(database), server.user(), server.password());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    void execute(String sql) {
      DatabaseSettings admin = settings("postgres");
      try (var connection =
              DriverManager.getConnection(admin.url(), admin.user(), admin.password());
          var statement = connection.createStatement()) {
        statement.execute(sql);
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }

    void stop() {
      try {
        postgres.close();
        // Hundreds of files for each database take seconds, and the end of a test run has not many.
        new ProcessBuilder("rm", "-rf", folder.toString()).start();
      } catch (IOException e) {
        System.err.println("The test database did not stop: " + e);
      }
    }
  }
}
