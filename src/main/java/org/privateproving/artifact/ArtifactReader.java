package org.privateproving.artifact;

import static org.privateproving.artifact.BlockingCalls.call;

import java.io.IOException;
import java.io.InputStream;
import java.sql.SQLException;
import java.util.Optional;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;
import org.privateproving.database.Database;
import org.privateproving.domain.Refusal;

/** Opens artifacts and decrypts them as far as somebody asks. */
final class ArtifactReader {
  private static final int ELEMENT = 128 << 10;

  private final Database database;
  private final ArtifactCipher cipher;

  ArtifactReader(Database database, ArtifactCipher cipher) {
    this.database = database;
    this.cipher = cipher;
  }

  Source<ByteString, NotUsed> read(ArtifactId id) {
    return Source.unfoldResourceAsync(
        () -> call(() -> open(id)),
        opened -> call(() -> opened.next(ELEMENT)),
        opened ->
            call(
                () -> {
                  opened.close();
                  return Done.getInstance();
                }));
  }

  /** Blocks. */
  ByteString head(ArtifactId id, int count) throws IOException, SQLException {
    try (Opened opened = open(id)) {
      return opened
          .next(Math.min(count, ArtifactCipher.SEGMENT))
          .orElse(ByteString.emptyByteString());
    }
  }

  private Opened open(ArtifactId id) throws IOException, SQLException {
    ArtifactRow row =
        database.transactBlocking(c -> ArtifactTable.find(c, id)).orElseThrow(() -> gone(id));
    ArtifactRow.Content content = row.content().orElseThrow(() -> gone(id));
    var ciphertext = new ChunkInput(database, content.attempt());
    return new Opened(
        id, content.attempt(), cipher.decrypt(content.wrappedKey(), row.binding(), ciphertext));
  }

  private static Refusal gone(ArtifactId id) {
    return new Refusal(Refusal.Reason.NOT_FOUND, "There is no artifact " + id + ", or no longer.");
  }

  /** An artifact that is being read, by one thread at a time. */
  private final class Opened implements AutoCloseable {
    private final ArtifactId id;
    private final long attempt;
    private final InputStream plain;

    Opened(ArtifactId id, long attempt, InputStream plain) {
      this.id = id;
      this.attempt = attempt;
      this.plain = plain;
    }

    /** At most {@code count} bytes; empty at the end. */
    Optional<ByteString> next(int count) throws IOException, SQLException {
      try {
        byte[] bytes = plain.readNBytes(count);
        return bytes.length == 0
            ? Optional.empty()
            : Optional.of(ByteString.fromArrayUnsafe(bytes));
      } catch (IOException e) {
        // Erased or replaced while we read, it looks like one that was cut short.
        if (stillThere()) {
          throw new DamagedArtifactException(id);
        }
        throw gone(id);
      }
    }

    private boolean stillThere() throws SQLException {
      return database
          .transactBlocking(c -> ArtifactTable.find(c, id))
          .flatMap(ArtifactRow::content)
          .filter(content -> content.attempt() == attempt)
          .isPresent();
    }

    @Override
    public void close() throws IOException {
      plain.close();
    }
  }
}
