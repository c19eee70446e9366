package org.privateproving.bench;

import com.google.protobuf.ByteString;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.privateproving.database.DatabaseSettings;

/**
 * How long requests stayed in each stage, by the journal of the server's database: the time at
 * which each event was written there, in milliseconds.
 *
 * <p>The SDK's contract does not tell when a fulfiller began, so this is the only exact source of
 * the hand-off. It compares the server's clock with this process's, so they must be one clock: run
 * it on the machine of the server, or on one whose clock agrees to a millisecond.
 */
final class StageTimes implements Life.Answers {
  private static final int BATCH = 5_000;
  private static final long HIGHEST_MILLIS = 86_400_000;
  private static final int DIGITS = 3;

  private final Map<String, Instant> answers = new HashMap<>();

  /** A stretch of a request's life, from one event, or from the answer, to another. */
  enum Stage {
    HAND_OFF("answered to leased", "", "lease-granted:1"),
    EXECUTION("leased to executed", "lease-granted:1", "executed:1"),
    PROVING("executed to proved", "executed:1", "proved:1"),
    REPORT("proved to fulfilled", "proved:1", "fulfilled:1");

    private final String title;
    private final String from;
    private final String to;

    Stage(String title, String from, String to) {
      this.title = title;
      this.from = from;
      this.to = to;
    }

    String title() {
      return title;
    }
  }

  @Override
  public synchronized void accepted(ByteString requestId, Instant at) {
    answers.put(HexFormat.of().formatHex(requestId.toByteArray()), at);
  }

  private synchronized Map<String, Instant> answers() {
    return Map.copyOf(answers);
  }

  /** Of the requests it was told of, as far as they have got; in milliseconds. */
  Map<Stage, Histogram> read(DatabaseSettings database) throws SQLException {
    Map<Stage, Histogram> stages = new LinkedHashMap<>();
    Map<String, Instant> known = answers();
    List<String> ids = new ArrayList<>(known.keySet());
    try (Connection connection =
        DriverManager.getConnection(database.url(), database.user(), database.password())) {
      for (int at = 0; at < ids.size(); at += BATCH) {
        List<String> batch = ids.subList(at, Math.min(ids.size(), at + BATCH));
        Map<String, Map<String, Long>> events = events(connection, batch);
        known.forEach(
            (id, answered) ->
                add(stages, answered.toEpochMilli(), events.getOrDefault(id, Map.of())));
      }
    }
    return stages;
  }

  private static void add(
      Map<Stage, Histogram> stages, long answered, Map<String, Long> writtenAt) {
    for (Stage stage : Stage.values()) {
      Long from = stage.from.isEmpty() ? Long.valueOf(answered) : writtenAt.get(stage.from);
      Long to = writtenAt.get(stage.to);
      if (from != null && to != null) {
        // A device may be found before the answer has reached its client.
        long millis = Math.max(0, to - from);
        stages
            .computeIfAbsent(stage, _ -> new Histogram(1, HIGHEST_MILLIS, DIGITS))
            .recordValue(Math.min(HIGHEST_MILLIS, millis));
      }
    }
  }

  /** When the first event of each kind was written, for each request. */
  private static Map<String, Map<String, Long>> events(Connection connection, List<String> ids)
      throws SQLException {
    Map<String, Map<String, Long>> events = new HashMap<>();
    String[] persistenceIds = ids.stream().map(id -> "ProofRequest|" + id).toArray(String[]::new);
    try (PreparedStatement query =
        connection.prepareStatement(
            "SELECT persistence_id, event_ser_manifest, min(write_timestamp) FROM event_journal"
                + " WHERE persistence_id = ANY (?) GROUP BY 1, 2")) {
      query.setArray(1, connection.createArrayOf("varchar", persistenceIds));
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          String id = rows.getString(1);
          events
              .computeIfAbsent(id.substring(id.indexOf('|') + 1), _ -> new HashMap<>())
              .put(rows.getString(2), rows.getLong(3));
        }
      }
    }
    return events;
  }

  /** Leases that were granted in a stretch of time, to whatever request. */
  static long leases(DatabaseSettings database, Instant from, Instant until) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection(database.url(), database.user(), database.password());
        PreparedStatement query =
            connection.prepareStatement(
                "SELECT count(*) FROM event_journal WHERE event_ser_manifest = 'lease-granted:1'"
                    + " AND write_timestamp >= ? AND write_timestamp < ?")) {
      query.setLong(1, from.toEpochMilli());
      query.setLong(2, until.toEpochMilli());
      try (ResultSet rows = query.executeQuery()) {
        rows.next();
        return rows.getLong(1);
      }
    }
  }
}
