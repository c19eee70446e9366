package org.privateproving.artifact;

import java.sql.SQLException;
import java.time.Clock;
import org.privateproving.database.Database;

/**
 * Destroys artifacts. Blocks; interrupted or repeated, it ends up the same.
 *
 * <p>The key goes first, in one step with the record of it, so that nothing can be opened even if
 * the rest is left to the cleaner. PostgreSQL keeps a deleted row's bytes on its disk until it
 * needs their place: who has that disk as well as the cluster key could still read them, which is
 * why a cluster key that must not outlive its cluster is not kept in a file.
 */
final class ArtifactEraser {
  private final Database database;
  private final Clock clock;

  ArtifactEraser(Database database, Clock clock) {
    this.database = database;
    this.clock = clock;
  }

  /** Erasing what is gone, or never was, is fine. */
  void erase(ArtifactId id) throws SQLException {
    database.transactBlocking(c -> ArtifactTable.erase(c, id, clock.instant()));
    deleteChunks(id);
  }

  /** Erases an artifact that is still unclaimed; says whether it was. */
  boolean eraseUnused(ArtifactId id) throws SQLException {
    boolean erased =
        database.transactBlocking(
            c ->
                ArtifactTable.findLocked(c, id).filter(r -> r.claimedBy().isEmpty()).isPresent()
                    && ArtifactTable.erase(c, id, clock.instant()));
    if (erased) {
      deleteChunks(id);
    }
    return erased;
  }

  private void deleteChunks(ArtifactId id) throws SQLException {
    for (long attempt : database.transactBlocking(c -> ChunkTable.listOf(c, id))) {
      ChunkTable.delete(database, attempt);
    }
  }
}
