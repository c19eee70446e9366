package org.privateproving.artifact;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.privateproving.database.Database;

/** Looks through every column of every table. */
final class Tables {
  private Tables() {}

  /** Whether {@code bytes} stand anywhere, as they are or as text. */
  static boolean contain(Database database, byte[] bytes) throws SQLException {
    return database.transactBlocking(
        connection -> {
          for (String query : queries(connection)) {
            try (var statement = connection.prepareStatement(query)) {
              statement.setBytes(1, bytes);
              statement.setString(2, HexFormat.of().formatHex(bytes));
              try (var result = statement.executeQuery()) {
                if (result.next()) {
                  return true;
                }
              }
            }
          }
          return false;
        });
  }

  private static List<String> queries(Connection connection) throws SQLException {
    List<String> queries = new ArrayList<>();
    try (var columns =
        connection
            .createStatement()
            .executeQuery(
                "SELECT table_name, column_name, data_type FROM information_schema.columns"
                    + " WHERE table_schema = 'public'")) {
      while (columns.next()) {
        String column = '"' + columns.getString(2) + '"';
        String found =
            columns.getString(3).equals("bytea")
                ? "position(? IN " + column + ") > 0 AND ?::text IS NOT NULL"
                : "?::bytea IS NOT NULL AND position(? IN " + column + "::text) > 0";
        queries.add("SELECT 1 FROM " + columns.getString(1) + " WHERE " + found + " LIMIT 1");
      }
    }
    return queries;
  }
}
