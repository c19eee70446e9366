package org.privateproving.endtoend;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.privateproving.database.DatabaseSettings;

/** The database inside a data folder, as somebody reaches it who may read that folder. */
final class EmbeddedDatabase {
  private static final Pattern PORT = Pattern.compile("^port = (\\d+)$", Pattern.MULTILINE);

  private EmbeddedDatabase() {}

  static Path passwordFile(Path data) {
    return data.resolve("postgres").resolve("password");
  }

  /** Its server, which is nobody's child. */
  static ProcessHandle process(Path data) throws IOException {
    Path file = data.resolve("postgres").resolve("data").resolve("postmaster.pid");
    long pid = Long.parseLong(Files.readAllLines(file).getFirst().strip());
    return ProcessHandle.of(pid).orElseThrow();
  }

  static DatabaseSettings of(Path data) throws IOException {
    Path settings = data.resolve("postgres").resolve("data").resolve("private-proving.conf");
    Matcher port = PORT.matcher(Files.readString(settings));
    if (!port.find()) {
      throw new IllegalStateException("no port in " + settings);
    }
    return new DatabaseSettings(
        "jdbc:postgresql://127.0.0.1:" + port.group(1) + "/postgres",
        "postgres",
        Files.readString(passwordFile(data)).strip(),
        1,
        0);
  }

  /** Every row of every table of ours, as text; bytes in hexadecimal. */
  static String dump(DatabaseSettings database) throws SQLException {
    StringBuilder all = new StringBuilder();
    try (var connection =
            DriverManager.getConnection(database.url(), database.user(), database.password());
        var statement = connection.createStatement()) {
      List<String> tables = new ArrayList<>();
      try (var result =
          statement.executeQuery("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")) {
        while (result.next()) {
          tables.add(result.getString(1));
        }
      }
      for (String table : tables) {
        try (var result = statement.executeQuery("SELECT t::text FROM " + table + " t")) {
          while (result.next()) {
            all.append(table).append(' ').append(result.getString(1)).append('\n');
          }
        }
      }
    }
    return all.toString();
  }
}
