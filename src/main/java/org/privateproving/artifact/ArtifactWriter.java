package org.privateproving.artifact;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.SQLException;
import java.time.Clock;
import org.privateproving.database.Database;
import org.privateproving.domain.Digest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Encrypts a stream into the rows of an attempt. Blocks; any number of threads may use it. */
final class ArtifactWriter {
  private static final Logger LOG = LoggerFactory.getLogger(ArtifactWriter.class);
  private static final int BUFFER = 64 << 10;
  private static final int END = -1;
  private static final int BROKEN = -2;

  private final Database database;
  private final ArtifactCipher cipher;
  private final Clock clock;

  ArtifactWriter(Database database, ArtifactCipher cipher, Clock clock) {
    this.database = database;
    this.cipher = cipher;
    this.clock = clock;
  }

  /** How writing ended. But for {@link Written} the attempt is of no more use: abandon it. */
  sealed interface Outcome {
    record Written(ArtifactRow.Content content) implements Outcome {}

    record TooLarge() implements Outcome {}

    /** The body failed after so many bytes. */
    record BrokenOff(long size) implements Outcome {}

    record Stopped(ChunkOutput.StoppedException.Reason reason) implements Outcome {}
  }

  /**
   * Writes until the end of {@code plain}, or as far as it makes sense; does not close it.
   *
   * @param limit of plain bytes
   * @param maxTotal of everything stored
   */
  Outcome write(Binding binding, long attempt, InputStream plain, long limit, long maxTotal)
      throws IOException {
    ArtifactCipher.DataKey key = cipher.newKey(binding);
    MessageDigest digest = sha256();
    byte[] buffer = new byte[BUFFER];
    long size = 0;
    try {
      // Not closed unless all went well: that would make a stream that was cut short look complete.
      OutputStream encrypted = key.encrypt(new ChunkOutput(database, clock, attempt, maxTotal));
      for (int count = read(plain, buffer); count != END; count = read(plain, buffer)) {
        if (count == BROKEN) {
          return new Outcome.BrokenOff(size);
        }
        size += count;
        if (size > limit) {
          return new Outcome.TooLarge();
        }
        digest.update(buffer, 0, count);
        encrypted.write(buffer, 0, count);
      }
      encrypted.close();
    } catch (ChunkOutput.StoppedException e) {
      return new Outcome.Stopped(e.reason());
    }
    return new Outcome.Written(
        new ArtifactRow.Content(attempt, size, Digest.of(digest.digest()), key.wrapped()));
  }

  /** Deletes an attempt that does not count, now if possible; otherwise the cleaner does. */
  void abandon(ArtifactId id, long attempt) {
    try {
      // When a commit was cut off nobody knows whether it came through, but the row does.
      boolean counts =
          database.transactBlocking(
              c ->
                  ArtifactTable.findLocked(c, id)
                      .flatMap(ArtifactRow::content)
                      .filter(content -> content.attempt() == attempt)
                      .isPresent());
      if (!counts) {
        ChunkTable.delete(database, attempt);
      }
    } catch (SQLException | RuntimeException e) {
      LOG.warn(
          "Chunks of upload attempt {} stay until the cleaner finds them: {}",
          attempt,
          e.toString());
    }
  }

  // A failure of the body is the client's, of everything else it is ours.
  private static int read(InputStream plain, byte[] buffer) {
    try {
      return plain.read(buffer);
    } catch (IOException e) {
      return BROKEN;
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
