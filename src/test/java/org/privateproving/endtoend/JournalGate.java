package org.privateproving.endtoend;

import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.privateproving.database.DatabaseSettings;

/**
 * Stops a server from outside, in the very moment before it has persisted an event: a trigger on
 * the journal waits for a lock that the test holds. So a process can be killed between any two
 * events without a word of test code in it.
 */
final class JournalGate implements AutoCloseable {
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
        BEGIN
          IF EXISTS (SELECT 1 FROM gate WHERE manifest = NEW.event_ser_manifest) THEN
            PERFORM pg_advisory_xact_lock(%d);
          END IF;
          RETURN NEW;
        END $$
        """
            .formatted(LOCK));
    execute(
        "CREATE TRIGGER gate BEFORE INSERT ON event_journal"
            + " FOR EACH ROW EXECUTE FUNCTION wait_at_gate()");
  }

  private Connection connect() throws SQLException {
    return DriverManager.getConnection(settings.url(), settings.user(), settings.password());
  }

  private void execute(String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** From now on no event of this kind gets into the journal. */
  void close(String manifest) throws SQLException {
    execute("INSERT INTO gate VALUES ('" + manifest + "')");
    execute("SELECT pg_advisory_lock(" + LOCK + ")");
  }

  /** Waits until a server stands before the gate. */
  void awaitArrival() {
    await("an event that waits to be persisted")
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
