package org.privateproving.network.upstream;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.privateproving.domain.Address;
import org.privateproving.domain.RequestId;
import org.privateproving.domain.VkHash;

/** Which inputs are, or are being, registered at the network. One claim at a time per input. */
final class AdmissionTable {
  private static final String HELD = " WHERE requester = ? AND stdin_uri = ? AND claimed_by = ?";

  /** What identifies a registration: a repeated RequestProof has the same. */
  record Key(Address requester, String stdinUri) {}

  /** What is to be registered. */
  record Wanted(Key key, VkHash vkHash) {}

  /** The network's answer to RequestProof. */
  record Registered(RequestId id, byte[] txHash) {}

  /**
   * The right to register an input, for a while.
   *
   * @param owner nobody else's, ever
   */
  record Ticket(Key key, UUID owner) {}

  sealed interface Claim {
    /**
     * It is the caller's, for a while.
     *
     * @param attempts how often it was sent before, or may have been
     * @param registered what the network answered to one of them
     */
    record Mine(int attempts, Optional<Registered> registered) implements Claim {}

    /** Somebody else is at it. */
    record Busy() implements Claim {}

    /** The input was sent with another program before. */
    record OtherProgram() implements Claim {}

    record Ours(Registered registered, String programUri) implements Claim {}

    record NotOurs(String refusal) implements Claim {}
  }

  Claim claim(Connection connection, Wanted wanted, UUID owner, Instant now, Duration term)
      throws SQLException {
    Key key = wanted.key();
    try (PreparedStatement upsert =
        connection.prepareStatement(
            """
            INSERT INTO admission AS a
              (requester, stdin_uri, vk_hash, created_at, claimed_until, claimed_by)
            VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT (requester, stdin_uri) DO UPDATE
               SET claimed_until = excluded.claimed_until, claimed_by = excluded.claimed_by
             WHERE a.claimed_until <= ? AND a.program_uri IS NULL AND a.refusal IS NULL
               AND a.vk_hash = excluded.vk_hash
            RETURNING attempts, request_id, tx_hash
            """)) {
      bind(upsert, 1, key);
      upsert.setBytes(3, wanted.vkHash().bytes());
      upsert.setTimestamp(4, Timestamp.from(now));
      upsert.setTimestamp(5, Timestamp.from(now.plus(term)));
      upsert.setObject(6, owner);
      upsert.setTimestamp(7, Timestamp.from(now));
      try (ResultSet row = upsert.executeQuery()) {
        if (row.next()) {
          return new Claim.Mine(row.getInt(1), registered(row.getBytes(2), row.getBytes(3)));
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

  // What the holder of the claim notes. False: the claim ran out, and another holds it now.

  /** To be noted before anything is sent; the claim then runs until {@code until}. */
  boolean noteAttempt(Connection connection, Ticket ticket, Instant until) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE admission SET attempts = attempts + 1, claimed_until = ?" + HELD)) {
      update.setTimestamp(1, Timestamp.from(until));
      return isHeld(update, 2, ticket);
    }
  }

  boolean setRegistered(Connection connection, Ticket ticket, Registered registered)
      throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement("UPDATE admission SET request_id = ?, tx_hash = ?" + HELD)) {
      update.setBytes(1, registered.id().bytes());
      update.setBytes(2, registered.txHash());
      return isHeld(update, 3, ticket);
    }
  }

  boolean setOurs(Connection connection, Ticket ticket, String programUri) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement("UPDATE admission SET program_uri = ?" + HELD)) {
      update.setString(1, programUri);
      return isHeld(update, 2, ticket);
    }
  }

  boolean setNotOurs(Connection connection, Ticket ticket, String refusal) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement("UPDATE admission SET refusal = ?" + HELD)) {
      update.setString(1, refusal);
      return isHeld(update, 2, ticket);
    }
  }

  /** Lets others go on at once. */
  boolean release(Connection connection, Ticket ticket) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE admission SET claimed_until = created_at, claimed_by = NULL" + HELD)) {
      return isHeld(update, 1, ticket);
    }
  }

  private static boolean isHeld(PreparedStatement update, int from, Ticket ticket)
      throws SQLException {
    bind(update, from, ticket.key());
    update.setObject(from + 2, ticket.owner());
    return update.executeUpdate() == 1;
  }

  /**
   * Settles it as ours, whoever holds a claim, even if it was taken for somebody else's, and also
   * if nobody here ever asked for it.
   */
  void adopt(
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
                   program_uri = excluded.program_uri, refusal = NULL
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
