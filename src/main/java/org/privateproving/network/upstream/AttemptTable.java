package org.privateproving.network.upstream;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.privateproving.domain.Address;
import org.privateproving.domain.RequestId;
import org.privateproving.network.upstream.AdmissionTable.Key;

/**
 * The ids that registrations tried to get, the latest of each.
 *
 * <p>More than the last are kept, since each may be the one that came through: an attempt whose
 * answer was lost may reach the network after it was looked for, and then it is the next attempt
 * that is refused, for its nonce. Not all are, since each costs a call when they are looked for.
 */
final class AttemptTable {
  static final int KEPT = 8;

  /** To be noted before it is sent, and after {@link AdmissionTable#noteAttempt}. */
  void note(Connection connection, Key key, RequestId id) throws SQLException {
    try (PreparedStatement upsert =
        connection.prepareStatement(
            """
            INSERT INTO admission_attempt (request_id, requester, stdin_uri, attempt)
            SELECT ?, requester, stdin_uri, attempts
              FROM admission WHERE requester = ? AND stdin_uri = ?
            ON CONFLICT (request_id) DO UPDATE SET attempt = excluded.attempt
            """)) {
      upsert.setBytes(1, id.bytes());
      bind(upsert, 2, key);
      upsert.executeUpdate();
    }
    try (PreparedStatement delete =
        connection.prepareStatement(
            """
            DELETE FROM admission_attempt t USING admission a
             WHERE t.requester = ? AND t.stdin_uri = ? AND a.requester = t.requester
               AND a.stdin_uri = t.stdin_uri AND t.attempt <= a.attempts - ?
            """)) {
      bind(delete, 1, key);
      delete.setInt(3, KEPT);
      delete.executeUpdate();
    }
  }

  /** The latest first. */
  List<RequestId> of(Connection connection, Key key) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT request_id FROM admission_attempt WHERE requester = ? AND stdin_uri = ?"
                + " ORDER BY attempt DESC")) {
      bind(select, 1, key);
      try (ResultSet row = select.executeQuery()) {
        List<RequestId> ids = new ArrayList<>();
        while (row.next()) {
          ids.add(RequestId.of(row.getBytes(1)));
        }
        return ids;
      }
    }
  }

  /** Whose attempt, or whose registration, has this id. */
  Optional<Key> find(Connection connection, RequestId id) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT requester, stdin_uri FROM admission WHERE request_id = ?
            UNION ALL
            SELECT requester, stdin_uri FROM admission_attempt WHERE request_id = ?
            LIMIT 1
            """)) {
      select.setBytes(1, id.bytes());
      select.setBytes(2, id.bytes());
      try (ResultSet row = select.executeQuery()) {
        return row.next()
            ? Optional.of(new Key(Address.of(row.getBytes(1)), row.getString(2)))
            : Optional.empty();
      }
    }
  }

  private static void bind(PreparedStatement statement, int from, Key key) throws SQLException {
    statement.setBytes(from, key.requester().bytes());
    statement.setString(from + 1, key.stdinUri());
  }
}
