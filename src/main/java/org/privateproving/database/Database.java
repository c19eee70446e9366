package org.privateproving.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.privateproving.domain.Refusal;

/**
 * The connection to PostgreSQL, for our own tables. Work runs on the database's own threads, so
 * that nobody's dispatcher blocks; there are at most as many units of work under way as the pool
 * has connections, and a bounded number waits.
 */
public interface Database extends AutoCloseable {

  /** Opens a pool. The server must be there: the first connection is made before this returns. */
  static Database open(DatabaseSettings settings) {
    return new HikariDatabase(settings);
  }

  /** A unit of work in one transaction. */
  @FunctionalInterface
  interface Work<T extends @Nullable Object> {
    T run(Connection connection) throws SQLException;
  }

  /**
   * Runs {@code work} in a transaction of its own, committed when it returns and rolled back when
   * it throws; the stage fails with what it threw. When too much waits already, the stage fails
   * with a TRY_AGAIN {@link Refusal}.
   */
  <T extends @Nullable Object> CompletionStage<T> transact(Work<T> work);

  /** The same on the calling thread, which must be one that may block. */
  <T extends @Nullable Object> T transactBlocking(Work<T> work) throws SQLException;

  /** Closes the pool; work that waits fails. */
  @Override
  void close();
}
