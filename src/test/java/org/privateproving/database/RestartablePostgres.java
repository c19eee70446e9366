package org.privateproving.database;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A durable PostgreSQL of one test's own, which can fall and come back under its old address. */
public final class RestartablePostgres implements AutoCloseable {
  private static final DatabaseSettings ANY = new DatabaseSettings("", "postgres", "", 4, 1_000);

  private final PostgresFolder files;
  private final PostgresCommands commands;
  private final BundledPostgres server;

  /**
   * @param folder of the test's
   */
  public RestartablePostgres(Path folder) throws IOException {
    Path binaries = TestPostgres.binaries();
    server = BundledPostgres.start(folder, binaries, true);
    files = new PostgresFolder(folder);
    commands = new PostgresCommands(PostgresBinaries.unpackUnder(binaries), files.startLog());
    Migrations.migrate(settings());
  }

  public DatabaseSettings settings() throws IOException {
    return server.connect(ANY);
  }

  /** As after a crash: without a word to whoever is connected; returns once it answers again. */
  public void restart() throws IOException {
    boolean restarted =
        commands.run(
            "pg_ctl",
            List.of(
                "restart",
                "--mode=immediate",
                "--wait",
                "--timeout=120",
                "--silent",
                "--pgdata=" + files.data(),
                "--log=" + files.startLog()));
    if (!restarted) {
      throw new IOException("PostgreSQL did not come back: " + files.lastWords());
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
