package org.privateproving.artifact;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.privateproving.domain.Address;
import org.privateproving.domain.Digest;

/** The statements on the table {@code artifact}. Each is part of its caller's transaction. */
final class ArtifactTable {
  private static final String UNUSED = "claimed_by IS NULL AND erased_at IS NULL";

  private ArtifactTable() {}

  static void insert(Connection connection, Binding binding, Instant now) throws SQLException {
    try (var insert =
        connection.prepareStatement(
            "INSERT INTO artifact (id, kind, owner, created_at) VALUES (?, ?, ?, ?)")) {
      insert.setObject(1, binding.id().value());
      insert.setString(2, binding.kind().name());
      insert.setBytes(3, binding.owner().bytes());
      insert.setObject(4, at(now));
      insert.executeUpdate();
    }
  }

  /** A row that is {@code user}'s before there is any content; if the id is known, it stays. */
  static void reserve(Connection connection, Binding binding, String user, Instant now)
      throws SQLException {
    try (var insert =
        connection.prepareStatement(
            "INSERT INTO artifact (id, kind, owner, created_at, claimed_by, claimed_at)"
                + " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING")) {
      insert.setObject(1, binding.id().value());
      insert.setString(2, binding.kind().name());
      insert.setBytes(3, binding.owner().bytes());
      insert.setObject(4, at(now));
      insert.setString(5, user);
      insert.setObject(6, at(now));
      insert.executeUpdate();
    }
  }

  static Optional<ArtifactRow> find(Connection connection, ArtifactId id) throws SQLException {
    return find(connection, "SELECT * FROM artifact WHERE id = ?", id);
  }

  /** The same, and nobody else changes the row before the transaction ends. */
  static Optional<ArtifactRow> findLocked(Connection connection, ArtifactId id)
      throws SQLException {
    return find(connection, "SELECT * FROM artifact WHERE id = ? FOR UPDATE", id);
  }

  /** Makes everybody else who does this for the same owner wait until the transaction ends. */
  static void lockOwner(Connection connection, Address owner) throws SQLException {
    try (var lock =
        connection.prepareStatement("SELECT pg_advisory_xact_lock(hashtextextended(?, 0))")) {
      lock.setString(1, "artifact owner " + owner.hex());
      lock.execute();
    }
  }

  static int countOpen(Connection connection, Address owner, Instant createdAfter)
      throws SQLException {
    try (var query =
        connection.prepareStatement(
            "SELECT count(*) FROM artifact WHERE owner = ? AND created_at > ? AND kind <> ? AND "
                + UNUSED)) {
      query.setBytes(1, owner.bytes());
      query.setObject(2, at(createdAfter));
      query.setString(3, ArtifactKind.PROOF.name());
      try (var result = query.executeQuery()) {
        result.next();
        return result.getInt(1);
      }
    }
  }

  /** Makes {@code content} the one that counts. */
  static void setContent(
      Connection connection, ArtifactId id, ArtifactRow.Content content, Instant now)
      throws SQLException {
    try (var update =
        connection.prepareStatement(
            "UPDATE artifact SET attempt = ?, size = ?, sha256 = ?, wrapped_key = ?,"
                + " completed_at = ? WHERE id = ?")) {
      update.setLong(1, content.attempt());
      update.setLong(2, content.size());
      update.setBytes(3, content.sha256().bytes());
      update.setBytes(4, content.wrappedKey());
      update.setObject(5, at(now));
      update.setObject(6, id.value());
      update.executeUpdate();
    }
  }

  /** Claims the artifact if it is complete, of this kind and owner, and free or this user's. */
  static boolean claim(Connection connection, Binding binding, String user, Instant now)
      throws SQLException {
    try (var update =
        connection.prepareStatement(
            "UPDATE artifact SET claimed_by = ?, claimed_at = coalesce(claimed_at, ?)"
                + " WHERE id = ? AND kind = ? AND owner = ? AND attempt IS NOT NULL"
                + " AND (claimed_by IS NULL OR claimed_by = ?)")) {
      update.setString(1, user);
      update.setObject(2, at(now));
      update.setObject(3, binding.id().value());
      update.setString(4, binding.kind().name());
      update.setBytes(5, binding.owner().bytes());
      update.setString(6, user);
      return update.executeUpdate() == 1;
    }
  }

  /**
   * Destroys the key and whatever else could tell of the content; says whether it was this call.
   */
  static boolean erase(Connection connection, ArtifactId id, Instant now) throws SQLException {
    try (var update =
        connection.prepareStatement(
            "UPDATE artifact SET attempt = NULL, sha256 = NULL, wrapped_key = NULL, erased_at = ?"
                + " WHERE id = ? AND erased_at IS NULL")) {
      update.setObject(1, at(now));
      update.setObject(2, id.value());
      return update.executeUpdate() == 1;
    }
  }

  static List<ArtifactId> listUnused(Connection connection, Instant createdBefore, int limit)
      throws SQLException {
    try (var query =
        connection.prepareStatement(
            "SELECT id FROM artifact WHERE created_at < ? AND "
                + UNUSED
                + " ORDER BY created_at LIMIT ?")) {
      query.setObject(1, at(createdBefore));
      query.setInt(2, limit);
      List<ArtifactId> ids = new ArrayList<>();
      try (var result = query.executeQuery()) {
        while (result.next()) {
          ids.add(new ArtifactId(result.getObject(1, UUID.class)));
        }
      }
      return ids;
    }
  }

  /** Forgets artifacts of which nothing but the row is left. */
  static int deleteErased(Connection connection, Instant erasedBefore) throws SQLException {
    try (var delete =
        connection.prepareStatement(
            "DELETE FROM artifact WHERE erased_at < ? AND NOT EXISTS"
                + " (SELECT 1 FROM artifact_attempt WHERE artifact_id = artifact.id)")) {
      delete.setObject(1, at(erasedBefore));
      return delete.executeUpdate();
    }
  }

  static OffsetDateTime at(Instant time) {
    return OffsetDateTime.ofInstant(time, ZoneOffset.UTC);
  }

  private static Optional<ArtifactRow> find(Connection connection, String sql, ArtifactId id)
      throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(sql)) {
      query.setObject(1, id.value());
      try (ResultSet result = query.executeQuery()) {
        return result.next() ? Optional.of(row(result)) : Optional.empty();
      }
    }
  }

  private static ArtifactRow row(ResultSet result) throws SQLException {
    var binding =
        new Binding(
            new ArtifactId(result.getObject("id", UUID.class)),
            ArtifactKind.valueOf(result.getString("kind")),
            Address.of(result.getBytes("owner")));
    return new ArtifactRow(
        binding,
        result.getObject("created_at", OffsetDateTime.class).toInstant(),
        content(result),
        result.getLong("size"),
        Optional.ofNullable(result.getString("claimed_by")),
        result.getObject("erased_at") != null);
  }

  private static Optional<ArtifactRow.Content> content(ResultSet result) throws SQLException {
    long attempt = result.getLong("attempt");
    if (result.wasNull()) {
      return Optional.empty();
    }
    return Optional.of(
        new ArtifactRow.Content(
            attempt,
            result.getLong("size"),
            Digest.of(result.getBytes("sha256")),
            result.getBytes("wrapped_key")));
  }
}
