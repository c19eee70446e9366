package org.privateproving.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.privateproving.domain.InvalidSetting;

class BundledPostgresTest {
  @TempDir Path temp;

  @Test
  void committedDataOutlivesAKilledProcessAndNobodyElseUsesTheFolderMeanwhile() throws Exception {
    Path folder = temp.resolve("postgres");
    Process owner = startOwner(folder);
    long server;
    try {
      assertThatThrownBy(() -> BundledPostgres.start(folder))
          .isInstanceOf(InvalidSetting.class)
          .hasMessageStartingWith("private-proving.data: another process uses " + folder);
      server = new PostgresFolder(folder).recordedPid().orElseThrow();
    } finally {
      owner.destroyForcibly();
      owner.waitFor();
    }
    assertThat(ProcessHandle.of(server)).as("the server outlives its process").isPresent();

    try (var postgres = BundledPostgres.start(folder)) {
      assertThat(ask(postgres, "SELECT word FROM kept")).isEqualTo("committed");
      assertThat(ask(postgres, "SHOW fsync")).isEqualTo("on");
      assertThat(ask(postgres, "SHOW data_checksums")).isEqualTo("on");
      assertThat(ask(postgres, "SHOW listen_addresses")).isEqualTo("127.0.0.1");
      assertThat(new PostgresFolder(folder).recordedPid()).isPresent().get().isNotEqualTo(server);
      assertThatThrownBy(() -> connect(postgres, "guess")).hasMessageContaining("password");
    }

    assertThat(new PostgresFolder(folder).recordedPid()).as("stopped").isEmpty();
    assertThat(permissions(folder)).isEqualTo("rwx------");
    assertThat(permissions(folder.resolve("password"))).isEqualTo("rw-------");
  }

  @Test
  void startsOverAPidFileWhoseNumberBelongsToAnotherProgramNow() throws Exception {
    Path folder = temp.resolve("postgres");
    BundledPostgres.start(folder, TestPostgres.binaries(), false).close();
    Files.writeString(folder.resolve("data/postmaster.pid"), ProcessHandle.current().pid() + "\n");

    try (var postgres = BundledPostgres.start(folder, TestPostgres.binaries(), false)) {
      assertThat(ask(postgres, "SELECT 'here'")).isEqualTo("here");
      assertThatThrownBy(() -> BundledPostgres.start(folder)).isInstanceOf(InvalidSetting.class);
      postgres.close();
      postgres.close();
    }
  }

  @Test
  void refusesDataOfAnotherMajorVersion() throws Exception {
    Path data = Files.createDirectories(temp.resolve("postgres/data"));
    Files.writeString(data.resolve("PG_VERSION"), "12\n");

    assertThatThrownBy(
            () -> BundledPostgres.start(temp.resolve("postgres"), TestPostgres.binaries(), false))
        .isInstanceOf(InvalidSetting.class)
        .hasMessageContaining("was written by PostgreSQL 12 (expected: 17)");
  }

  private static Process startOwner(Path folder) throws IOException {
    var process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Owner.class.getName(),
                folder.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    var out = process.inputReader();
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.equals(Owner.READY)) {
        return process;
      }
    }
    throw new IllegalStateException("the owner of the folder ended early");
  }

  private static String ask(BundledPostgres postgres, String sql) throws Exception {
    DatabaseSettings settings = postgres.connect(new DatabaseSettings("", "", "", 1, 1));
    try (var connection = connect(postgres, settings.password());
        var result = connection.createStatement().executeQuery(sql)) {
      result.next();
      return result.getString(1);
    }
  }

  private static Connection connect(BundledPostgres postgres, String password) throws SQLException {
    return DriverManager.getConnection(postgres.url("postgres"), "postgres", password);
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  /** Another process: starts a server, commits a row, and waits to be killed. */
  static final class Owner {
    static final String READY = "committed and waiting";

    public static void main(String[] args) throws Exception {
      var postgres = BundledPostgres.start(Path.of(args[0]));
      DatabaseSettings settings = postgres.connect(new DatabaseSettings("", "", "", 1, 1));
      try (var connection = connect(postgres, settings.password());
          var statement = connection.createStatement()) {
        statement.execute("CREATE TABLE kept (word TEXT)");
        statement.execute("INSERT INTO kept VALUES ('committed')");
      }
      System.out.println(READY);
      TimeUnit.MINUTES.sleep(5);
    }
  }
}
