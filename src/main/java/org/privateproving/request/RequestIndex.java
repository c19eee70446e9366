package org.privateproving.request;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.privateproving.database.Database;
import org.privateproving.domain.RequestId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The read side of requests: which there are, and which have work left. Behind the journal by a
 * moment; never without a request that was accepted.
 */
public final class RequestIndex {
  private static final Logger LOG = LoggerFactory.getLogger(RequestIndex.class);

  private final Queries queries;
  private final Leftovers leftovers;
  private final Backlog backlog;

  public RequestIndex(Database database) {
    this.queries = new Queries(database);
    this.leftovers = new Leftovers(database);
    this.backlog = new Backlog(database);
  }

  /** What is to be cleared away. */
  Leftovers leftovers() {
    return leftovers;
  }

  /** What is to be proved. */
  Backlog backlog() {
    return backlog;
  }

  /** Makes a request known before its first event. Repeating it is fine. */
  CompletionStage<Void> register(RequestId id, Order order, Instant now) {
    Order.Terms terms = order.terms();
    return queries.run(
        connection -> {
          try (var insert =
              connection.prepareStatement(
                  """
                  INSERT INTO request (request_id, requester, stdin_uri, vk_hash, version, mode,
                                       deadline, created_at, state, updated_at)
                  VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'absent', ?)
                  ON CONFLICT DO NOTHING
                  """)) {
            insert.setBytes(1, id.bytes());
            insert.setBytes(2, order.requester().bytes());
            insert.setString(3, terms.stdinUri());
            insert.setBytes(4, terms.vkHash().bytes());
            insert.setString(5, terms.version().wire());
            insert.setString(6, terms.mode().name());
            insert.setTimestamp(7, Timestamp.from(terms.deadline()));
            insert.setTimestamp(8, Timestamp.from(now));
            // Older than any event, whatever the clock of the server that writes it.
            insert.setTimestamp(9, Timestamp.from(Instant.EPOCH));
            insert.executeUpdate();
          }
        });
  }

  /** Whether a request may have events; if not, it has none. */
  CompletionStage<Boolean> isRegistered(RequestId id) {
    return queries
        .requests(
            "SELECT request_id FROM request WHERE request_id = ?",
            select -> select.setBytes(1, id.bytes()))
        .thenApply(found -> !found.isEmpty());
  }

  /**
   * Notes where a request is. Fire and forget: whatever is lost is made good when the request is
   * woken the next time.
   */
  void update(RequestId id, State.Known state, Instant now) {
    boolean settled = state.settled();
    String name = state.getClass().getSimpleName().toLowerCase(Locale.ROOT);
    Instant updatedAt = state.facts().updatedAt();
    queries
        .run(
            connection -> {
              try (var update =
                  connection.prepareStatement(
                      """
                      UPDATE request
                         SET state = ?, updated_at = ?,
                             settled_at = CASE WHEN ? THEN coalesce(settled_at, ?) END
                       WHERE request_id = ? AND updated_at <= ?
                         AND (state <> ? OR (settled_at IS NULL) = ?)
                      """)) {
                update.setString(1, name);
                update.setTimestamp(2, Timestamp.from(updatedAt));
                update.setBoolean(3, settled);
                update.setTimestamp(4, Timestamp.from(now));
                update.setBytes(5, id.bytes());
                update.setTimestamp(6, Timestamp.from(updatedAt));
                update.setString(7, name);
                update.setBoolean(8, settled);
                update.executeUpdate();
              }
            })
        .whenComplete(
            (_, failure) -> {
              if (failure != null) {
                LOG.warn("{}: the index was not updated; the next waking does it", id);
              }
            });
  }

  /** Requests that have work left, in the order of their ids. */
  CompletionStage<List<RequestId>> unsettled(Optional<RequestId> after, int limit) {
    return queries.requests(
        """
        SELECT request_id FROM request
         WHERE settled_at IS NULL AND request_id > ?
         ORDER BY request_id LIMIT ?
        """,
        select -> {
          select.setBytes(1, after.map(RequestId::bytes).orElse(new byte[0]));
          select.setInt(2, limit);
        });
  }

  /** Requests that wait for a proof or are being proved, in the order of their ids. */
  CompletionStage<List<RequestId>> unproved(Optional<RequestId> after, int limit) {
    return queries.requests(
        """
        SELECT request_id FROM request
         WHERE settled_at IS NULL AND state IN ('queued', 'leased') AND request_id > ?
         ORDER BY request_id LIMIT ?
        """,
        select -> {
          select.setBytes(1, after.map(RequestId::bytes).orElse(new byte[0]));
          select.setInt(2, limit);
        });
  }

  /** Requests for which nothing has been left to do since before {@code time}, oldest first. */
  CompletionStage<List<RequestId>> settledBefore(Instant time, int limit) {
    return queries.requests(
        "SELECT request_id FROM request WHERE settled_at < ? ORDER BY settled_at LIMIT ?",
        select -> {
          select.setTimestamp(1, Timestamp.from(time));
          select.setInt(2, limit);
        });
  }

  /** Newest first. */
  CompletionStage<List<RequestId>> matching(RequestFilter filter) {
    return queries.requests(
        """
        SELECT request_id FROM request
         WHERE (?::bytea IS NULL OR requester = ?)
           AND (?::bytea IS NULL OR vk_hash = ?)
           AND (?::text IS NULL OR version = ?)
           AND (?::text IS NULL OR mode = ?)
           AND (?::timestamptz IS NULL OR deadline >= ?)
           AND (?::timestamptz IS NULL OR created_at >= ?)
           AND (?::timestamptz IS NULL OR created_at <= ?)
         ORDER BY created_at DESC, request_id LIMIT ? OFFSET ?
        """,
        select -> {
          byte[] requester = filter.requester().map(a -> a.bytes()).orElse(null);
          byte[] vkHash = filter.vkHash().map(h -> h.bytes()).orElse(null);
          String version = filter.version().map(v -> v.wire()).orElse(null);
          String mode = filter.mode().map(Enum::name).orElse(null);
          int i = 1;
          for (byte[] value : new byte[][] {requester, requester, vkHash, vkHash}) {
            select.setBytes(i++, value);
          }
          for (String value : new String[] {version, version, mode, mode}) {
            select.setString(i++, value);
          }
          for (var time :
              List.of(filter.minimumDeadline(), filter.createdFrom(), filter.createdTo())) {
            select.setTimestamp(i++, time.map(Timestamp::from).orElse(null));
            select.setTimestamp(i++, time.map(Timestamp::from).orElse(null));
          }
          select.setInt(i++, filter.limit());
          select.setLong(i, (long) filter.page() * filter.limit());
        });
  }
}
