package org.privateproving.artifact;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Arrays;
import org.privateproving.database.Database;

/** Cuts ciphertext into rows. Holds one chunk, and a connection only while it writes one. */
final class ChunkOutput extends OutputStream {
  // The total is a sum over all uploads: not worth it for every chunk.
  private static final int CHUNKS_PER_SPACE_CHECK = 16;

  private final Database database;
  private final Clock clock;
  private final long attempt;
  private final long maxTotal;
  private final byte[] chunk = new byte[ArtifactCipher.SEGMENT];
  private int filled;
  private int number;

  /**
   * @param maxTotal of everything stored; see {@link StoppedException}
   */
  ChunkOutput(Database database, Clock clock, long attempt, long maxTotal) {
    this.database = database;
    this.clock = clock;
    this.attempt = attempt;
    this.maxTotal = maxTotal;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  /**
   * @throws StoppedException if there is no sense in going on
   * @throws UncheckedIOException if the database fails
   */
  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    int done = 0;
    while (done < length) {
      int taken = Math.min(length - done, chunk.length - filled);
      System.arraycopy(bytes, offset + done, chunk, filled, taken);
      filled += taken;
      done += taken;
      if (filled == chunk.length) {
        append(chunk);
      }
    }
  }

  /** Writes the last chunk. */
  @Override
  public void close() throws IOException {
    if (filled > 0) {
      append(Arrays.copyOf(chunk, filled));
    }
  }

  private void append(byte[] bytes) throws StoppedException {
    boolean spaceLeft;
    boolean alive;
    try {
      spaceLeft =
          number % CHUNKS_PER_SPACE_CHECK != 0
              || database.transactBlocking(ChunkTable::totalBytes) + bytes.length <= maxTotal;
      alive =
          spaceLeft
              && database.transactBlocking(
                  c -> ChunkTable.append(c, attempt, number, bytes, clock.instant()));
    } catch (SQLException e) {
      throw new UncheckedIOException(new IOException("cannot store a chunk", e));
    }
    if (!alive) {
      throw new StoppedException(
          spaceLeft ? StoppedException.Reason.GONE : StoppedException.Reason.NO_SPACE);
    }
    filled = 0;
    number++;
  }

  /** Nobody wants the rest. */
  static final class StoppedException extends IOException {
    private static final long serialVersionUID = 1L;

    /** Why. */
    enum Reason {
      /** The attempt was deleted while it was under way. */
      GONE,
      /** The store is full. */
      NO_SPACE
    }

    private final Reason reason;

    StoppedException(Reason reason) {
      super("stopped: " + reason);
      this.reason = reason;
    }

    Reason reason() {
      return reason;
    }
  }
}
