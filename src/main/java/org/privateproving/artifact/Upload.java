package org.privateproving.artifact;

import java.io.IOException;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.privateproving.artifact.ArtifactStore.UploadOutcome;
import org.privateproving.database.Database;

/** Takes uploads that carry the right capability. Blocks. */
final class Upload {
  static final String FULL =
      "The artifact store is full: try again later, or ask its operator for room.";

  private final Database database;
  private final ArtifactWriter writer;
  private final ArtifactSettings settings;
  private final Clock clock;

  Upload(Database database, ArtifactWriter writer, ArtifactSettings settings, Clock clock) {
    this.database = database;
    this.writer = writer;
    this.settings = settings;
    this.clock = clock;
  }

  /** Whether it is let in. */
  private sealed interface Admission {
    record Refused(UploadOutcome outcome) implements Admission {}

    record Begun(Binding binding, long attempt) implements Admission {}
  }

  /** Reads the body to its end in any case, and closes it. */
  UploadOutcome take(ArtifactId id, OptionalLong declaredSize, InputStream in)
      throws IOException, SQLException {
    try (var body = new Body(in)) {
      try {
        return switch (database.transactBlocking(c -> admit(c, id, declaredSize))) {
          case Admission.Refused refused -> refused.outcome();
          case Admission.Begun begun -> store(begun, declaredSize, body);
        };
      } finally {
        body.drain();
      }
    }
  }

  private Admission admit(Connection connection, ArtifactId id, OptionalLong declaredSize)
      throws SQLException {
    Optional<ArtifactRow> row = ArtifactTable.find(connection, id);
    Optional<UploadOutcome> closed = whyClosed(row);
    if (closed.isPresent()) {
      return new Admission.Refused(closed.get());
    }
    if (declaredSize.orElse(0) > settings.maxSize()) {
      return new Admission.Refused(new UploadOutcome.TooLarge(settings.maxSize()));
    }
    if (ChunkTable.totalBytes(connection) + declaredSize.orElse(0) > settings.maxTotal()) {
      return new Admission.Refused(new UploadOutcome.NoSpace(FULL));
    }
    return new Admission.Begun(
        row.orElseThrow().binding(), ChunkTable.begin(connection, id, clock.instant()));
  }

  private UploadOutcome store(Admission.Begun begun, OptionalLong declaredSize, InputStream body)
      throws IOException, SQLException {
    boolean stored = false;
    try {
      UploadOutcome outcome =
          switch (writer.write(
              begun.binding(), begun.attempt(), body, settings.maxSize(), settings.maxTotal())) {
            case ArtifactWriter.Outcome.Written(var content) ->
                finish(begun.binding().id(), content, declaredSize);
            case ArtifactWriter.Outcome.TooLarge() ->
                new UploadOutcome.TooLarge(settings.maxSize());
            case ArtifactWriter.Outcome.BrokenOff(long size) ->
                new UploadOutcome.Incomplete("The upload broke off after " + size + " bytes.");
            case ArtifactWriter.Outcome.Stopped(var reason) ->
                switch (reason) {
                  case GONE -> new UploadOutcome.Unknown();
                  case NO_SPACE -> new UploadOutcome.NoSpace(FULL);
                };
          };
      stored = outcome instanceof UploadOutcome.Stored;
      return outcome;
    } finally {
      if (!stored) {
        writer.abandon(begun.binding().id(), begun.attempt());
      }
    }
  }

  private UploadOutcome finish(
      ArtifactId id, ArtifactRow.Content content, OptionalLong declaredSize) throws SQLException {
    if (declaredSize.isPresent() && declaredSize.getAsLong() != content.size()) {
      return new UploadOutcome.Incomplete(
          "The upload has "
              + content.size()
              + " bytes (expected: "
              + declaredSize.getAsLong()
              + ", its declared size).");
    }
    Swap swap = database.transactBlocking(c -> swap(c, id, content));
    swap.replaced().ifPresent(attempt -> writer.abandon(id, attempt));
    return swap.outcome();
  }

  private record Swap(UploadOutcome outcome, Optional<Long> replaced) {}

  private Swap swap(Connection connection, ArtifactId id, ArtifactRow.Content content)
      throws SQLException {
    Optional<ArtifactRow> row = ArtifactTable.findLocked(connection, id);
    Optional<UploadOutcome> closed = whyClosed(row);
    if (closed.isPresent()) {
      return new Swap(closed.get(), Optional.empty());
    }
    ArtifactTable.setContent(connection, id, content, clock.instant());
    return new Swap(
        new UploadOutcome.Stored(content.size()),
        row.flatMap(ArtifactRow::content).map(ArtifactRow.Content::attempt));
  }

  private Optional<UploadOutcome> whyClosed(Optional<ArtifactRow> row) {
    Instant expiry = clock.instant().minus(settings.unusedAfter());
    if (row.isEmpty() || row.get().erased()) {
      return Optional.of(new UploadOutcome.Unknown());
    }
    if (row.get().claimedBy().isPresent()) {
      return Optional.of(new UploadOutcome.AlreadyClaimed());
    }
    return row.get().takesUploads(expiry)
        ? Optional.empty()
        : Optional.of(new UploadOutcome.Unknown());
  }
}
