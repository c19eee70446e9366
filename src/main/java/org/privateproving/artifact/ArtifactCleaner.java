package org.privateproving.artifact;

import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.concurrent.CompletionStage;
import org.privateproving.database.Database;

/**
 * Removes what nobody will ask for: uploads that were never used, what broken-off uploads left
 * behind, and the memory of artifacts erased long ago. It never touches an artifact that is claimed
 * and not erased.
 *
 * <p>Several nodes may clean at once; each thing is removed once.
 */
public final class ArtifactCleaner {
  // A transfer that stood still for so long is dead: the edge cuts it off after a minute or so.
  private static final Duration ORPHANED_AFTER = Duration.ofHours(1);
  // Per run and kind; the next run goes on.
  private static final int MOST_AT_ONCE = 1_000;

  private final Database database;
  private final ArtifactSettings settings;

  public ArtifactCleaner(Database database, ArtifactSettings settings) {
    this.database = database;
    this.settings = settings;
  }

  /**
   * What was removed.
   *
   * @param unused uploads that expired unclaimed
   * @param orphans upload attempts that broke off
   * @param forgotten records of erased artifacts
   */
  public record Cleaned(int unused, int orphans, int forgotten) {
    public boolean nothing() {
      return unused + orphans + forgotten == 0;
    }
  }

  /** Cleans as of {@code now}. Of two calls at once, the second finds little to do. */
  public CompletionStage<Cleaned> clean(Instant now) {
    return BlockingCalls.call(
        () -> new Cleaned(eraseUnused(now), deleteOrphans(now), forgetErased(now)));
  }

  private int eraseUnused(Instant now) throws SQLException {
    var eraser = new ArtifactEraser(database, Clock.fixed(now, ZoneOffset.UTC));
    Instant before = now.minus(settings.unusedAfter());
    int erased = 0;
    for (ArtifactId id :
        database.transactBlocking(c -> ArtifactTable.listUnused(c, before, MOST_AT_ONCE))) {
      if (eraser.eraseUnused(id)) {
        erased++;
      }
    }
    return erased;
  }

  private int deleteOrphans(Instant now) throws SQLException {
    Instant before = now.minus(ORPHANED_AFTER);
    var orphans = database.transactBlocking(c -> ChunkTable.listOrphans(c, before, MOST_AT_ONCE));
    for (long attempt : orphans) {
      ChunkTable.delete(database, attempt);
    }
    return orphans.size();
  }

  private int forgetErased(Instant now) throws SQLException {
    Instant before = now.minus(settings.keepEnded());
    return database.transactBlocking(c -> ArtifactTable.deleteErased(c, before));
  }
}
