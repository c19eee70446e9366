package org.privateproving.artifact;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.privateproving.database.Database;

/**
 * The statements on the tables {@code artifact_attempt} and {@code artifact_chunk}. All but {@link
 * #delete} are part of their caller's transaction.
 */
final class ChunkTable {
  private static final int DELETED_AT_ONCE = 64;

  private ChunkTable() {}

  static long begin(Connection connection, ArtifactId id, Instant now) throws SQLException {
    try (var insert =
        connection.prepareStatement(
            "INSERT INTO artifact_attempt (artifact_id, touched_at, bytes) VALUES (?, ?, 0)"
                + " RETURNING id")) {
      insert.setObject(1, id.value());
      insert.setObject(2, ArtifactTable.at(now));
      try (var result = insert.executeQuery()) {
        result.next();
        return result.getLong(1);
      }
    }
  }

  /** Appends a chunk; false if the attempt was deleted meanwhile. */
  static boolean append(Connection connection, long attempt, int number, byte[] bytes, Instant now)
      throws SQLException {
    try (var update =
        connection.prepareStatement(
            "UPDATE artifact_attempt SET bytes = bytes + ?, touched_at = ? WHERE id = ?")) {
      update.setLong(1, bytes.length);
      update.setObject(2, ArtifactTable.at(now));
      update.setLong(3, attempt);
      if (update.executeUpdate() == 0) {
        return false;
      }
    }
    try (var insert =
        connection.prepareStatement(
            "INSERT INTO artifact_chunk (attempt, number, bytes) VALUES (?, ?, ?)")) {
      insert.setLong(1, attempt);
      insert.setInt(2, number);
      insert.setBytes(3, bytes);
      insert.executeUpdate();
    }
    return true;
  }

  static Optional<byte[]> read(Connection connection, long attempt, int number)
      throws SQLException {
    try (var query =
        connection.prepareStatement(
            "SELECT bytes FROM artifact_chunk WHERE attempt = ? AND number = ?")) {
      query.setLong(1, attempt);
      query.setInt(2, number);
      try (var result = query.executeQuery()) {
        return result.next() ? Optional.of(result.getBytes(1)) : Optional.empty();
      }
    }
  }

  /** Of everything stored and being stored, encrypted. */
  static long totalBytes(Connection connection) throws SQLException {
    try (var query = connection.prepareStatement("SELECT sum(bytes) FROM artifact_attempt");
        var result = query.executeQuery()) {
      result.next();
      return result.getLong(1);
    }
  }

  static List<Long> listOf(Connection connection, ArtifactId id) throws SQLException {
    try (var query =
        connection.prepareStatement("SELECT id FROM artifact_attempt WHERE artifact_id = ?")) {
      query.setObject(1, id.value());
      try (var result = query.executeQuery()) {
        List<Long> attempts = new ArrayList<>();
        while (result.next()) {
          attempts.add(result.getLong(1));
        }
        return attempts;
      }
    }
  }

  /** Attempts that no artifact refers to, and that nobody has added to since {@code before}. */
  static List<Long> listOrphans(Connection connection, Instant before, int limit)
      throws SQLException {
    try (var query =
        connection.prepareStatement(
            "SELECT a.id FROM artifact_attempt a WHERE a.touched_at < ? AND NOT EXISTS"
                + " (SELECT 1 FROM artifact WHERE id = a.artifact_id AND attempt = a.id) LIMIT ?")) {
      query.setObject(1, ArtifactTable.at(before));
      query.setInt(2, limit);
      try (var result = query.executeQuery()) {
        List<Long> attempts = new ArrayList<>();
        while (result.next()) {
          attempts.add(result.getLong(1));
        }
        return attempts;
      }
    }
  }

  /**
   * Deletes an attempt and its chunks, in transactions of a bounded size. Deleting what is gone is
   * fine.
   */
  static void delete(Database database, long attempt) throws SQLException {
    int deleted;
    do {
      deleted = database.transactBlocking(connection -> deleteSome(connection, attempt));
    } while (deleted == DELETED_AT_ONCE);
    database.transactBlocking(
        connection -> {
          try (var delete =
              connection.prepareStatement("DELETE FROM artifact_attempt WHERE id = ?")) {
            delete.setLong(1, attempt);
            // Takes along what was appended meanwhile.
            return delete.executeUpdate();
          }
        });
  }

  private static int deleteSome(Connection connection, long attempt) throws SQLException {
    try (var delete =
        connection.prepareStatement(
            "DELETE FROM artifact_chunk WHERE attempt = ? AND number IN"
                + " (SELECT number FROM artifact_chunk WHERE attempt = ? LIMIT ?)")) {
      delete.setLong(1, attempt);
      delete.setLong(2, attempt);
      delete.setInt(3, DELETED_AT_ONCE);
      return delete.executeUpdate();
    }
  }
}
