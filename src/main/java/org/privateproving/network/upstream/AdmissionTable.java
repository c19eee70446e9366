package org.privateproving.network.upstream;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.privateproving.domain.Address;
import org.privateproving.domain.RequestId;
import org.privateproving.domain.VkHash;

/** Which inputs are, or are being, registered at the network. One claim at a time per input. */
final class AdmissionTable {

  /** What identifies a registration: a repeated RequestProof has the same. */
  record Key(Address requester, String stdinUri) {}

  /** What is to be registered. */
  record Wanted(Key key, VkHash vkHash) {}

  /** The network's answer to RequestProof. */
  record Registered(RequestId id, byte[] txHash) {}

  sealed interface Claim {
    /**
     * It is the caller's, for a while.
     *
     * @param first nobody ever tried before
     * @param registered what is known of an earlier try
     */
    record Mine(boolean first, Optional<Registered> registered) implements Claim {}

    /** Somebody else is at it. */
    record Busy() implements Claim {}

    /** The input was sent with another program before. */
    record OtherProgram() implements Claim {}

    record Ours(Registered registered, String programUri) implements Claim {}

    record NotOurs(String refusal) implements Claim {}
  }

  Claim claim(Connection connection, Wanted wanted, Instant now, Duration term)
      throws SQLException {
    Key key = wanted.key();
    try (PreparedStatement upsert =
        connection.prepareStatement(
            """
            INSERT INTO admission AS a (requester, stdin_uri, vk_hash, created_at, claimed_until)
            VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (requester, stdin_uri) DO UPDATE SET claimed_until = excluded.claimed_until
             WHERE a.claimed_until <= ? AND a.program_uri IS NULL AND a.refusal IS NULL
               AND a.vk_hash = excluded.vk_hash
            RETURNING xmax = 0, request_id, tx_hash
            """)) {
      bind(upsert, 1, key);
      upsert.setBytes(3, wanted.vkHash().bytes());
      upsert.setTimestamp(4, Timestamp.from(now));
      upsert.setTimestamp(5, Timestamp.from(now.plus(term)));
      upsert.setTimestamp(6, Timestamp.from(now));
      try (ResultSet row = upsert.executeQuery()) {
        if (row.next()) {
          return new Claim.Mine(row.getBoolean(1), registered(row.getBytes(2), row.getBytes(3)));
        }
      }
    }
    return taken(connection, wanted);
  }

  boolean exists(Connection connection, Key key) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT 1 FROM admission WHERE requester = ? AND stdin_uri = ?")) {
      bind(select, 1, key);
      try (ResultSet row = select.executeQuery()) {
        return row.next();
      }
    }
  }

  private static Claim taken(Connection connection, Wanted wanted) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT request_id, tx_hash, program_uri, refusal, vk_hash FROM admission"
                + " WHERE requester = ? AND stdin_uri = ?")) {
      bind(select, 1, wanted.key());
      try (ResultSet row = select.executeQuery()) {
        if (!row.next()) {
          return new Claim.Busy(); // forgotten this very moment
        }
        if (!VkHash.of(row.getBytes(5)).equals(wanted.vkHash())) {
          return new Claim.OtherProgram();
        }
        if (row.getString(4) != null) {
          return new Claim.NotOurs(row.getString(4));
        }
        Optional<Registered> registered = registered(row.getBytes(1), row.getBytes(2));
        return row.getString(3) != null && registered.isPresent()
            ? new Claim.Ours(registered.get(), row.getString(3))
            : new Claim.Busy();
      }
    }
  }

  private static Optional<Registered> registered(byte @Nullable [] id, byte @Nullable [] txHash) {
    return id == null || txHash == null
        ? Optional.empty()
        : Optional.of(new Registered(RequestId.of(id), txHash));
  }

  void setRegistered(Connection connection, Key key, Registered registered) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE admission SET request_id = ?, tx_hash = ?"
                + " WHERE requester = ? AND stdin_uri = ?")) {
      update.setBytes(1, registered.id().bytes());
      update.setBytes(2, registered.txHash());
      bind(update, 3, key);
      update.executeUpdate();
    }
  }

  /** Settles it as ours, also if nobody here ever asked for it. */
  void setOurs(
      Connection connection, Wanted wanted, Registered registered, String programUri, Instant now)
      throws SQLException {
    try (PreparedStatement upsert =
        connection.prepareStatement(
            """
            INSERT INTO admission
              (requester, stdin_uri, vk_hash, created_at, claimed_until, request_id, tx_hash,
               program_uri)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (requester, stdin_uri) DO UPDATE
               SET request_id = excluded.request_id, tx_hash = excluded.tx_hash,
                   program_uri = excluded.program_uri
            """)) {
      bind(upsert, 1, wanted.key());
      upsert.setBytes(3, wanted.vkHash().bytes());
      upsert.setTimestamp(4, Timestamp.from(now));
      upsert.setTimestamp(5, Timestamp.from(now));
      upsert.setBytes(6, registered.id().bytes());
      upsert.setBytes(7, registered.txHash());
      upsert.setString(8, programUri);
      upsert.executeUpdate();
    }
  }

  void setNotOurs(Connection connection, Key key, String refusal) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE admission SET refusal = ? WHERE requester = ? AND stdin_uri = ?")) {
      update.setString(1, refusal);
      bind(update, 2, key);
      update.executeUpdate();
    }
  }

  /** Lets others go on at once. */
  void release(Connection connection, Key key) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE admission SET claimed_until = created_at"
                + " WHERE requester = ? AND stdin_uri = ?")) {
      bind(update, 1, key);
      update.executeUpdate();
    }
  }

  /** Forgets what is older than {@code time} and of no request that is known here. */
  int forget(Connection connection, Instant time) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement(
            """
            DELETE FROM admission a
             WHERE created_at < ?
               AND NOT EXISTS (SELECT 1 FROM request r
                                WHERE r.requester = a.requester AND r.stdin_uri = a.stdin_uri)
            """)) {
      delete.setTimestamp(1, Timestamp.from(time));
      return delete.executeUpdate();
    }
  }

  private static void bind(PreparedStatement statement, int from, Key key) throws SQLException {
    statement.setBytes(from, key.requester().bytes());
    statement.setString(from + 1, key.stdinUri());
  }
}
