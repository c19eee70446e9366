package org.privateproving.artifact;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Optional;
import org.privateproving.domain.Refusal;

/** Hands artifacts to those who use them, and says why not. */
final class Claims {
  private final Clock clock;

  Claims(Clock clock) {
    this.clock = clock;
  }

  /**
   * @throws Refusal if it cannot be claimed
   */
  ArtifactInfo claim(Connection connection, Binding wanted, String user) throws SQLException {
    boolean claimed = ArtifactTable.claim(connection, wanted, user, clock.instant());
    Optional<ArtifactRow> row = ArtifactTable.find(connection, wanted.id());
    if (claimed) {
      return row.orElseThrow().info();
    }
    throw whyNot(wanted, row);
  }

  private static Refusal whyNot(Binding wanted, Optional<ArtifactRow> row) {
    String artifact = "Artifact " + wanted.id();
    if (row.isEmpty()) {
      return precondition(artifact + " is unknown or has expired: upload it first.");
    }
    Binding found = row.get().binding();
    if (!found.owner().equals(wanted.owner())) {
      return new Refusal(
          Refusal.Reason.NOT_ALLOWED,
          artifact + " was uploaded by somebody else than " + wanted.owner() + ".");
    }
    if (found.kind() != wanted.kind()) {
      return precondition(
          artifact + " is a " + found.kind() + " (expected: a " + wanted.kind() + ").");
    }
    if (row.get().erased()) {
      return precondition(artifact + " was erased: upload it anew.");
    }
    if (row.get().content().isEmpty()) {
      return precondition(artifact + " was not uploaded: upload it first.");
    }
    return precondition(artifact + " is in use already: upload a new one for each request.");
  }

  private static Refusal precondition(String message) {
    return new Refusal(Refusal.Reason.FAILED_PRECONDITION, message);
  }
}
