package org.privateproving.endtoend;

import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.privateproving.database.DatabaseSettings;

/**
 * Stops a server from outside, in the very moment before it has persisted an event, or the row by
 * which a request is found: triggers wait for a lock that the test holds. So a process can be
 * killed between any two writes without a word of test code in it.
 */
final class JournalGate implements AutoCloseable {
  /** The row of a request that no event tells of yet. */
  static final String REQUEST_ROW = "request row";

  private static final long LOCK = 4711;

  private final DatabaseSettings settings;
  private final Connection connection;

  JournalGate(DatabaseSettings settings) throws SQLException {
    this.settings = settings;
    this.connection = connect();
    execute("CREATE TABLE gate (manifest text)");
    execute(
        """
        CREATE FUNCTION wait_at_gate() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE what text;
        BEGIN
          IF TG_TABLE_NAME = 'request' THEN
            what := '%s';
          ELSE
            what := NEW.event_ser_manifest;
          END IF;
          IF EXISTS (SELECT 1 FROM gate WHERE manifest = what) THEN
            PERFORM pg_advisory_xact_lock(%d);
          END IF;
          RETURN NEW;
        END $$
        """
            .formatted(REQUEST_ROW, LOCK));
    for (String table : List.of("request", "event_journal")) {
      execute(
          "CREATE TRIGGER gate BEFORE INSERT ON "
              + table
              + " FOR EACH ROW EXECUTE FUNCTION wait_at_gate()");
    }
  }

  private Connection connect() throws SQLException {
    return DriverManager.getConnection(settings.url(), settings.user(), settings.password());
  }

  private void execute(String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** From now on no event of this kind gets into the journal, or no {@link #REQUEST_ROW}. */
  void close(String manifest) throws SQLException {
    execute("INSERT INTO gate VALUES ('" + manifest + "')");
    execute("SELECT pg_advisory_lock(" + LOCK + ")");
  }

  /** Waits until a server stands before the gate. */
  void awaitArrival() {
    await("a write that waits at the gate")
        .atMost(Duration.ofMinutes(2))
        .until(
            () ->
                !strings(
                        "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND classid = 0"
                            + " AND objid = "
                            + LOCK
                            + " AND NOT granted"
                            + " AND database = (SELECT oid FROM pg_database"
                            + " WHERE datname = current_database())")
                    .isEmpty());
  }

  /**
   * Ends every session but this one, as the death of its process would, and lets all pass again.
   */
  void openAfterKill() throws SQLException {
    execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            + " WHERE datname = current_database() AND pid <> pg_backend_pid()");
    await("the end of the killed server's sessions")
        .until(
            () ->
                strings(
                        "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
                            + " AND pid <> pg_backend_pid() AND backend_type = 'client backend'")
                    .isEmpty());
    open();
  }

  /** Lets whoever waits go on. */
  void open() throws SQLException {
    execute("DELETE FROM gate");
    execute("SELECT pg_advisory_unlock_all()");
  }

  /** The kinds of events of a request, in their order. */
  List<String> events(String requestId) throws SQLException {
    return strings(
        "SELECT event_ser_manifest FROM event_journal WHERE persistence_id = 'ProofRequest|"
            + requestId.replace("0x", "")
            + "' ORDER BY sequence_number");
  }

  /** When the only event of this kind was written, by the server's clock. */
  Instant writtenAt(String requestId, String manifest) throws SQLException {
    List<String> times =
        strings(
            "SELECT write_timestamp FROM event_journal WHERE event_ser_manifest = '"
                + manifest
                + "' AND persistence_id = 'ProofRequest|"
                + requestId.replace("0x", "")
                + "'");
    if (times.size() != 1) {
      throw new AssertionError(manifest + ": " + times.size() + " events (expected: 1)");
    }
    return Instant.ofEpochMilli(Long.parseLong(times.getFirst()));
  }

  List<String> strings(String sql) throws SQLException {
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      List<String> strings = new ArrayList<>();
      while (rows.next()) {
        strings.add(rows.getString(1));
      }
      return strings;
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
