package org.privateproving.endtoend;

import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.privateproving.database.DatabaseSettings;

/** How much lies in a server's database: a call that was refused leaves it as it was. */
record Footprint(Map<String, Long> rows) {
  private static final String NONCES = "used nonces";

  private static final Map<String, String> COUNTED =
      Map.of(
          "requests",
          "request",
          "events",
          "event_journal",
          "programs",
          "program",
          NONCES,
          "used_nonce",
          "claimed artifacts",
          "artifact WHERE claimed_by IS NOT NULL",
          "complete artifacts",
          "artifact WHERE attempt IS NOT NULL",
          "upload attempts",
          "artifact_attempt",
          "chunks",
          "artifact_chunk");

  /** Once no request has anything left to do. */
  static Footprint settled(DatabaseSettings database) {
    await("all requests to be settled")
        .atMost(Duration.ofMinutes(1))
        .until(() -> count(database, "request WHERE settled_at IS NULL") == 0);
    return of(database);
  }

  static Footprint of(DatabaseSettings database) {
    Map<String, Long> rows = new LinkedHashMap<>();
    COUNTED.forEach((name, what) -> rows.put(name, count(database, what)));
    return new Footprint(rows);
  }

  long attempts() {
    return rows.get("upload attempts");
  }

  Footprint withoutNonces() {
    Map<String, Long> others = new LinkedHashMap<>(rows);
    others.remove(NONCES);
    return new Footprint(others);
  }

  /** What is kept of inputs and programs: none of it may outlive a request that failed. */
  Footprint ofInputs() {
    Map<String, Long> inputs = new LinkedHashMap<>(rows);
    inputs
        .keySet()
        .retainAll(java.util.Set.of("programs", "complete artifacts", "upload attempts", "chunks"));
    return new Footprint(inputs);
  }

  private static long count(DatabaseSettings database, String what) {
    try (Connection connection =
            DriverManager.getConnection(database.url(), database.user(), database.password());
        var statement = connection.createStatement();
        var result = statement.executeQuery("SELECT count(*) FROM " + what)) {
      result.next();
      return result.getLong(1);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
