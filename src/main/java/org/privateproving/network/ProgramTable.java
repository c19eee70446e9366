package org.privateproving.network;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.privateproving.artifact.ArtifactId;
import org.privateproving.domain.Address;
import org.privateproving.domain.VkHash;
import org.privateproving.network.ProverNetwork.Program;
import org.privateproving.network.ProverNetwork.Registration;

/** Programs that are known here, one per vk hash. */
public final class ProgramTable {

  public Optional<Program> find(Connection connection, VkHash vkHash) throws SQLException {
    try (var select =
        connection.prepareStatement(
            "SELECT vk, program_uri, artifact_id, owner, created_at FROM program"
                + " WHERE vk_hash = ?")) {
      select.setBytes(1, vkHash.bytes());
      try (var row = select.executeQuery()) {
        if (!row.next()) {
          return Optional.empty();
        }
        return Optional.of(
            new Program(
                vkHash,
                row.getBytes(1),
                row.getString(2),
                new ArtifactId(row.getObject(3, UUID.class)),
                Address.of(row.getBytes(4)),
                row.getTimestamp(5).toInstant()));
      }
    }
  }

  /** Whether it was new. */
  public boolean insert(Connection connection, Registration program, Address owner, Instant now)
      throws SQLException {
    try (var insert =
        connection.prepareStatement(
            """
            INSERT INTO program (vk_hash, vk, program_uri, artifact_id, owner, created_at)
            VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT DO NOTHING
            """)) {
      insert.setBytes(1, program.vkHash().bytes());
      insert.setBytes(2, program.vk());
      insert.setString(3, program.programUri());
      insert.setObject(4, program.artifact().value());
      insert.setBytes(5, owner.bytes());
      insert.setTimestamp(6, Timestamp.from(now));
      return insert.executeUpdate() == 1;
    }
  }

  /** Only if it still is this artifact: a newer registration stays. */
  public boolean delete(Connection connection, VkHash vkHash, ArtifactId artifact)
      throws SQLException {
    try (var delete =
        connection.prepareStatement("DELETE FROM program WHERE vk_hash = ? AND artifact_id = ?")) {
      delete.setBytes(1, vkHash.bytes());
      delete.setObject(2, artifact.value());
      return delete.executeUpdate() == 1;
    }
  }
}
