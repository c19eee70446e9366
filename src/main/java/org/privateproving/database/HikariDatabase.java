package org.privateproving.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.privateproving.domain.Refusal;

/** A pool of connections, with a virtual thread for each unit of work. */
final class HikariDatabase implements Database {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
  // A statement that takes longer than this has lost its server.
  private static final Duration SOCKET_TIMEOUT = Duration.ofMinutes(2);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

  private final HikariDataSource pool;
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("database-", 0).factory());
  // Under way or waiting; none left: the queue is full.
  private final Semaphore places;
  // INVARIANT: whoever asks the pool for a connection holds one of these, so the pool always has
  // one
  // to give and its own waiting time never counts. Fair: first come, first served.
  private final Semaphore connections;
  private volatile boolean closed;

  HikariDatabase(DatabaseSettings settings) {
    places = new Semaphore(settings.poolSize() + settings.queueSize());
    connections = new Semaphore(settings.poolSize(), true);
    var config = new HikariConfig();
    config.setPoolName("private-proving");
    config.setJdbcUrl(settings.url());
    config.setUsername(settings.user());
    config.setPassword(settings.password());
    config.setMaximumPoolSize(settings.poolSize());
    config.setAutoCommit(false);
    config.setConnectionTimeout(CONNECT_TIMEOUT.toMillis());
    config.addDataSourceProperty("connectTimeout", CONNECT_TIMEOUT.toSeconds());
    config.addDataSourceProperty("socketTimeout", SOCKET_TIMEOUT.toSeconds());
    config.addDataSourceProperty("tcpKeepAlive", true);
    config.addDataSourceProperty("ApplicationName", "private-proving");
    // Details of a server error may quote a row.
    config.addDataSourceProperty("logServerErrorDetail", false);
    pool = new HikariDataSource(config);
  }

  @Override
  public <T extends @Nullable Object> CompletionStage<T> transact(Work<T> work) {
    if (!places.tryAcquire()) {
      return CompletableFuture.failedFuture(queueFull());
    }
    var result = new CompletableFuture<T>();
    try {
      threads.execute(() -> complete(result, work));
    } catch (RejectedExecutionException e) {
      places.release();
      result.completeExceptionally(stopping());
    }
    return result;
  }

  @Override
  public <T extends @Nullable Object> T transactBlocking(Work<T> work) throws SQLException {
    if (!places.tryAcquire()) {
      throw queueFull();
    }
    try {
      return runInPlace(work);
    } finally {
      places.release();
    }
  }

  @Override
  public void close() {
    closed = true;
    threads.shutdown();
    try {
      if (!threads.awaitTermination(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
        threads.shutdownNow();
      }
    } catch (InterruptedException e) {
      threads.shutdownNow();
      Thread.currentThread().interrupt();
    }
    pool.close();
  }

  // Whatever it is that work throws, the stage ends.
  private <T extends @Nullable Object> void complete(CompletableFuture<T> result, Work<T> work) {
    T value;
    try {
      value = runInPlace(work);
    } catch (Throwable e) {
      places.release();
      result.completeExceptionally(e);
      return;
    }
    places.release();
    result.complete(value);
  }

  private <T extends @Nullable Object> T runInPlace(Work<T> work) throws SQLException {
    try {
      connections.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw stopping();
    }
    try {
      if (closed) {
        throw stopping();
      }
      return runConnected(work);
    } finally {
      connections.release();
    }
  }

  private <T extends @Nullable Object> T runConnected(Work<T> work) throws SQLException {
    try (Connection connection = pool.getConnection()) {
      try {
        T value = work.run(connection);
        connection.commit();
        return value;
      } catch (Throwable e) {
        rollBack(connection, e);
        throw e;
      }
    }
  }

  private static void rollBack(Connection connection, Throwable cause) {
    try {
      connection.rollback();
    } catch (SQLException e) {
      cause.addSuppressed(e);
    }
  }

  private static Refusal queueFull() {
    return new Refusal(Refusal.Reason.TRY_AGAIN, "The database is busy: try again in a moment.");
  }

  private static Refusal stopping() {
    return new Refusal(Refusal.Reason.TRY_AGAIN, "This server is stopping: try again.");
  }
}
