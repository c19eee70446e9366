package org.privateproving.artifact;

import java.io.IOException;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Optional;
import org.privateproving.artifact.ChunkOutput.StoppedException.Reason;
import org.privateproving.database.Database;
import org.privateproving.domain.Refusal;

/** Stores what comes with its user: proofs under a new id, programs under a given one. Blocks. */
final class ClaimedWriter {
  private final Database database;
  private final ArtifactWriter writer;
  private final Clock clock;
  private final Claims claims;

  ClaimedWriter(Database database, ArtifactWriter writer, Clock clock) {
    this.database = database;
    this.writer = writer;
    this.clock = clock;
    claims = new Claims(clock);
  }

  /**
   * What is to be stored, and for whom.
   *
   * @param user who has claimed it once it is complete
   * @param limit of plain bytes
   * @param maxTotal of everything stored
   */
  record Delivery(Binding binding, String user, long limit, long maxTotal) {}

  /** How storing begins. */
  private sealed interface Admission {
    record Begun(long attempt) implements Admission {}

    /** It is there already. */
    record Complete(ArtifactInfo info) implements Admission {}
  }

  /**
   * Reads {@code bytes} to their end unless they are too many, and closes them.
   *
   * @param delivery of an artifact that does not exist yet. What a crash leaves of it is like an
   *     upload that nobody used
   */
  ArtifactInfo storeNew(Delivery delivery, InputStream bytes) throws IOException, SQLException {
    return store(delivery, bytes, this::insert);
  }

  /**
   * The same under an id that may be known: what is complete stays and the bytes are not read; what
   * broke off is stored again. Whoever completes it first is the one that counts.
   *
   * @throws Refusal if the id is another artifact's, another user's, or was erased
   */
  ArtifactInfo storeOnce(Delivery delivery, InputStream bytes) throws IOException, SQLException {
    return store(delivery, bytes, this::reserve);
  }

  private interface Begin {
    Admission in(Connection connection, Delivery delivery) throws SQLException;
  }

  private ArtifactInfo store(Delivery delivery, InputStream bytes, Begin begin)
      throws IOException, SQLException {
    try (bytes) {
      return switch (database.transactBlocking(c -> begin.in(c, delivery))) {
        case Admission.Begun(long attempt) -> store(delivery, attempt, bytes);
        case Admission.Complete(var info) -> info;
      };
    }
  }

  private Admission insert(Connection connection, Delivery delivery) throws SQLException {
    ArtifactTable.insert(connection, delivery.binding(), clock.instant());
    return begin(connection, delivery);
  }

  // Reserved before it is complete: the cleaner would erase what stays unclaimed for long, and then
  // a program that could not be fetched for a day could never be.
  private Admission reserve(Connection connection, Delivery delivery) throws SQLException {
    ArtifactTable.reserve(connection, delivery.binding(), delivery.user(), clock.instant());
    ArtifactRow row =
        ArtifactTable.findLocked(connection, delivery.binding().id())
            .orElseThrow(() -> new SQLException("a row that was just there is gone"));
    boolean open =
        row.binding().equals(delivery.binding())
            && row.claimedBy().equals(Optional.of(delivery.user()))
            && row.content().isEmpty()
            && !row.erased();
    return open
        ? begin(connection, delivery)
        : new Admission.Complete(claims.claim(connection, delivery.binding(), delivery.user()));
  }

  private Admission begin(Connection connection, Delivery delivery) throws SQLException {
    return new Admission.Begun(
        ChunkTable.begin(connection, delivery.binding().id(), clock.instant()));
  }

  private ArtifactInfo store(Delivery delivery, long attempt, InputStream bytes)
      throws IOException, SQLException {
    boolean counts = false;
    try {
      ArtifactWriter.Outcome outcome =
          writer.write(delivery.binding(), attempt, bytes, delivery.limit(), delivery.maxTotal());
      Kept kept = finish(delivery, outcome);
      counts = kept.counts();
      return kept.info();
    } finally {
      if (!counts) {
        writer.abandon(delivery.binding().id(), attempt);
      }
    }
  }

  private Kept finish(Delivery delivery, ArtifactWriter.Outcome outcome)
      throws IOException, SQLException {
    ArtifactKind kind = delivery.binding().kind();
    return switch (outcome) {
      case ArtifactWriter.Outcome.Written(var content) ->
          database.transactBlocking(c -> keep(c, delivery, content));
      case ArtifactWriter.Outcome.TooLarge() ->
          throw new IOException(kind + ": larger than " + delivery.limit() + " bytes");
      case ArtifactWriter.Outcome.BrokenOff(long size) ->
          throw new IOException(kind + ": broke off after " + size + " bytes");
      case ArtifactWriter.Outcome.Stopped(var reason) when reason == Reason.NO_SPACE ->
          throw new Refusal(Refusal.Reason.TRY_AGAIN, Upload.FULL);
      case ArtifactWriter.Outcome.Stopped _ ->
          throw new IOException(kind + ": erased while it was stored");
    };
  }

  /**
   * @param counts whether it is what was just written
   */
  private record Kept(ArtifactInfo info, boolean counts) {}

  // Complete and claimed in one step.
  private Kept keep(Connection connection, Delivery delivery, ArtifactRow.Content content)
      throws SQLException {
    ArtifactId id = delivery.binding().id();
    boolean first =
        ArtifactTable.findLocked(connection, id)
            .filter(row -> row.content().isEmpty() && !row.erased())
            .isPresent();
    if (first) {
      ArtifactTable.setContent(connection, id, content, clock.instant());
    }
    return new Kept(claims.claim(connection, delivery.binding(), delivery.user()), first);
  }
}
