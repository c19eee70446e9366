package org.privateproving.artifact;

import java.io.IOException;
import java.io.InputStream;
import java.sql.SQLException;
import java.time.Clock;
import org.privateproving.database.Database;

/** Stores proofs. Blocks. */
final class ProofWriter {
  private final Database database;
  private final ArtifactWriter writer;
  private final Clock clock;

  ProofWriter(Database database, ArtifactWriter writer, Clock clock) {
    this.database = database;
    this.writer = writer;
    this.clock = clock;
  }

  /**
   * Reads {@code proof} to its end unless it is too large, and closes it.
   *
   * @param binding of an artifact that does not exist yet. What a crash leaves of it is like an
   *     upload that nobody used
   */
  ArtifactInfo store(Binding binding, String user, long limit, InputStream proof)
      throws IOException, SQLException {
    try (proof) {
      long attempt =
          database.transactBlocking(
              c -> {
                ArtifactTable.insert(c, binding, clock.instant());
                return ChunkTable.begin(c, binding.id(), clock.instant());
              });
      boolean stored = false;
      try {
        ArtifactInfo info = finish(binding, user, limit, write(binding, attempt, limit, proof));
        stored = true;
        return info;
      } finally {
        if (!stored) {
          writer.abandon(binding.id(), attempt);
        }
      }
    }
  }

  private ArtifactWriter.Outcome write(Binding binding, long attempt, long limit, InputStream proof)
      throws IOException {
    return writer.write(binding, attempt, proof, limit, Long.MAX_VALUE);
  }

  private ArtifactInfo finish(
      Binding binding, String user, long limit, ArtifactWriter.Outcome outcome)
      throws IOException, SQLException {
    return switch (outcome) {
      case ArtifactWriter.Outcome.Written(var content) -> claim(binding, user, content);
      case ArtifactWriter.Outcome.TooLarge() ->
          throw new IOException("proof: larger than " + limit + " bytes");
      case ArtifactWriter.Outcome.BrokenOff(long size) ->
          throw new IOException("proof: broke off after " + size + " bytes");
      case ArtifactWriter.Outcome.Stopped(var reason) ->
          throw new IOException("proof: cannot be stored: " + reason);
    };
  }

  // Complete and claimed in one step.
  private ArtifactInfo claim(Binding binding, String user, ArtifactRow.Content content)
      throws SQLException {
    return database.transactBlocking(
        c -> {
          ArtifactTable.setContent(c, binding.id(), content, clock.instant());
          return new Claims(clock).claim(c, binding, user);
        });
  }
}
