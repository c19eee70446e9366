package org.privateproving.network;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import org.privateproving.domain.Address;
import org.privateproving.domain.Refusal;
import org.privateproving.domain.Refusal.Reason;

/**
 * Nonces of the hosted ledger. Each is handed out once: its upper 32 bits are the second, its lower
 * ones count. Each is taken once per signer, within its lifetime, in any order; so a replay is
 * refused, and twenty requests at once from one signer do not trip over each other.
 *
 * <p>Handing one out writes nothing, since anybody may ask for any number of them; one that nobody
 * asked for but that lies within the lifetime does no harm, as it can be used once like any other.
 */
final class NonceTable {
  /** The SDK signs right after it has asked; the rest is for slow networks and its own retries. */
  static final Duration LIFETIME = Duration.ofMinutes(10);

  // Other servers' clocks may be ahead of ours.
  private static final Duration SKEW = Duration.ofMinutes(1);

  long next(Connection connection, Instant now) throws SQLException {
    try (var statement = connection.prepareStatement("SELECT nextval('nonce_sequence')");
        var row = statement.executeQuery()) {
      row.next();
      return now.getEpochSecond() << 32 | row.getLong(1);
    }
  }

  /**
   * Uses a nonce up.
   *
   * @throws Refusal STALE_NONCE, so that the SDK asks for another and signs again
   */
  void use(Connection connection, Address signer, long nonce, Instant now) throws SQLException {
    Instant handedOut = Instant.ofEpochSecond(nonce >>> 32);
    if (handedOut.isAfter(now.plus(SKEW))) {
      throw stale(nonce, "was never handed out");
    }
    if (handedOut.isBefore(now.minus(LIFETIME))) {
      throw stale(nonce, "is not, or no longer, valid");
    }
    try (var insert =
        connection.prepareStatement(
            "INSERT INTO used_nonce (signer, nonce, used_at) VALUES (?, ?, ?)"
                + " ON CONFLICT DO NOTHING")) {
      insert.setBytes(1, signer.bytes());
      insert.setLong(2, nonce);
      insert.setTimestamp(3, Timestamp.from(now));
      if (insert.executeUpdate() == 0) {
        throw stale(nonce, "was used before");
      }
    }
  }

  int forgetOld(Connection connection, Instant now) throws SQLException {
    try (var delete = connection.prepareStatement("DELETE FROM used_nonce WHERE used_at < ?")) {
      delete.setTimestamp(1, Timestamp.from(now.minus(LIFETIME.multipliedBy(2)).minus(SKEW)));
      return delete.executeUpdate();
    }
  }

  private static Refusal stale(long nonce, String why) {
    return new Refusal(
        Reason.STALE_NONCE,
        "nonce "
            + Long.toUnsignedString(nonce)
            + " "
            + why
            + "; get another with GetNonce and sign again");
  }
}
