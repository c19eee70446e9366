package org.privateproving.request;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.privateproving.artifact.ArtifactId;
import org.privateproving.database.Database;
import org.privateproving.domain.RequestId;

/** What requests leave in the database when they are over, or when a crash cut them short. */
final class Leftovers {
  private final Queries queries;

  Leftovers(Database database) {
    this.queries = new Queries(database);
  }

  /** Forgets a settled request: its events and its row. */
  CompletionStage<Void> forget(RequestId id) {
    return queries.run(
        connection -> {
          try (var events =
                  connection.prepareStatement(
                      "DELETE FROM event_journal WHERE persistence_id = ?");
              var row =
                  connection.prepareStatement(
                      "DELETE FROM request WHERE request_id = ? AND settled_at IS NOT NULL")) {
            events.setString(1, ProofRequest.persistenceId(id).id());
            row.setBytes(1, id.bytes());
            events.executeUpdate();
            row.executeUpdate();
          }
        });
  }

  /**
   * Forgets rows whose request never came to be, since the server died, or refused, between the row
   * and the first event.
   */
  CompletionStage<Integer> forgetAbsentBefore(Instant time) {
    return queries.count(
        connection -> {
          try (var delete =
              connection.prepareStatement(
                  """
                  DELETE FROM request r
                   WHERE state = 'absent' AND created_at < ?
                     AND NOT EXISTS (SELECT 1 FROM event_journal j
                                      WHERE j.persistence_id = 'ProofRequest|' || encode(r.request_id, 'hex'))
                  """)) {
            delete.setTimestamp(1, Timestamp.from(time));
            return delete.executeUpdate();
          }
        });
  }

  /**
   * Stored inputs and proofs that were claimed before {@code time} for a request that is not here,
   * or that has another proof: what a crash left behind. Programs likewise.
   */
  CompletionStage<List<ArtifactId>> claimedInVain(Instant time, int limit) {
    return queries.artifacts(
        """
        SELECT a.id FROM artifact a
         WHERE a.erased_at IS NULL AND a.claimed_at < ?
           AND CASE a.kind
                 WHEN 'PROGRAM' THEN NOT EXISTS (SELECT 1 FROM program p WHERE p.artifact_id = a.id)
                 ELSE NOT EXISTS (SELECT 1 FROM request r
                                   WHERE encode(r.request_id, 'hex') = a.claimed_by)
               END
         LIMIT ?
        """,
        select -> {
          select.setTimestamp(1, Timestamp.from(time));
          select.setInt(2, limit);
        });
  }

  /** What is stored for a request. */
  CompletionStage<List<ArtifactId>> claimedBy(RequestId id) {
    return queries.artifacts(
        "SELECT id FROM artifact WHERE erased_at IS NULL AND claimed_by = ?",
        select -> select.setString(1, id.hex()));
  }
}
