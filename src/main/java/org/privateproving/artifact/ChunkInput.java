package org.privateproving.artifact;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.util.Optional;
import org.privateproving.database.Database;

/**
 * Joins the rows of an attempt. Holds one chunk, and a connection only while it reads one. A
 * failure of the database is unchecked, so that no cipher takes it for damage.
 */
final class ChunkInput extends InputStream {
  private final Database database;
  private final long attempt;
  private byte[] chunk = new byte[0];
  private int position;
  private int next;
  private boolean ended;

  ChunkInput(Database database, long attempt) {
    this.database = database;
    this.attempt = attempt;
  }

  @Override
  public int read() {
    return buffered() == 0 ? -1 : chunk[position++] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) {
    if (length == 0) {
      return 0;
    }
    int taken = Math.min(length, buffered());
    if (taken == 0) {
      return -1;
    }
    System.arraycopy(chunk, position, bytes, offset, taken);
    position += taken;
    return taken;
  }

  // Of the chunk at hand, which is fetched if need be; 0 only at the end.
  private int buffered() {
    while (position == chunk.length && !ended) {
      fetch();
    }
    return chunk.length - position;
  }

  private void fetch() {
    Optional<byte[]> fetched;
    try {
      fetched = database.transactBlocking(c -> ChunkTable.read(c, attempt, next));
    } catch (SQLException e) {
      throw new UncheckedIOException(new IOException("cannot read a chunk", e));
    }
    chunk = fetched.orElseGet(() -> new byte[0]);
    position = 0;
    next++;
    ended = fetched.isEmpty();
  }
}
