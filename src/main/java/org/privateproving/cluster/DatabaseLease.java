package org.privateproving.cluster;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.pekko.actor.Cancellable;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.coordination.lease.LeaseSettings;
import org.apache.pekko.coordination.lease.TimeoutSettings;
import org.apache.pekko.coordination.lease.scaladsl.Lease;
import org.jspecify.annotations.Nullable;
import org.privateproving.database.Database;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Function1;
import scala.Option;
import scala.concurrent.Future;
import scala.jdk.javaapi.DurationConverters;
import scala.jdk.javaapi.FutureConverters;
import scala.runtime.BoxedUnit;

/**
 * The right to decide who lives on after a split, as a row in the database. Its holder renews it;
 * whoever finds it held waits to see whether that happens, so that a holder that has died since
 * keeps nobody from it. While the database is away nothing is decided.
 */
final class DatabaseLease extends Lease {
  private static final Logger LOG = LoggerFactory.getLogger(DatabaseLease.class);

  static final Duration TERM = Duration.ofSeconds(6);
  private static final Duration RENEW_EVERY = Duration.ofSeconds(1);
  private static final Duration LOOK_EVERY = Duration.ofMillis(300);
  private static final Duration TRY_AGAIN_AFTER = Duration.ofSeconds(1);

  private static final String TAKE =
      """
      INSERT INTO cluster_lease (name, holder, until)
      VALUES (?, ?, clock_timestamp() + make_interval(secs => ?))
      ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until
      WHERE cluster_lease.holder = excluded.holder OR cluster_lease.until < clock_timestamp()
      """;
  private static final String RENEW =
      """
      UPDATE cluster_lease SET until = clock_timestamp() + make_interval(secs => ?)
      WHERE name = ? AND holder = ?
      """;

  private final ExtendedActorSystem system;
  private final Database database;
  private final String name;
  private final String holder;
  private volatile boolean held;
  private volatile Cancellable renewing = Cancellable.alreadyCancelled();

  /** The lease of the cluster, for this node. */
  DatabaseLease(ExtendedActorSystem system, Database database, String holder) {
    super(settings(system, system.name(), holder));
    this.system = system;
    this.database = database;
    this.name = system.name();
    this.holder = holder;
  }

  private static LeaseSettings settings(ExtendedActorSystem system, String name, String holder) {
    var term = DurationConverters.toScala(TERM);
    var every = DurationConverters.toScala(RENEW_EVERY);
    return new LeaseSettings(
        name, holder, new TimeoutSettings(every, term, term), system.settings().config());
  }

  @Override
  public Future<Object> acquire() {
    return FutureConverters.asScala(acquired());
  }

  @Override
  public Future<Object> acquire(Function1<Option<Throwable>, BoxedUnit> leaseLost) {
    throw new UnsupportedOperationException("nobody asks to be told that this lease is lost");
  }

  @Override
  public Future<Object> release() {
    return FutureConverters.asScala(released());
  }

  @Override
  public boolean checkLease() {
    return held;
  }

  /** Whether it is ours now. Ends when that is known, which takes a working database. */
  CompletionStage<Object> acquired() {
    return take(null);
  }

  /**
   * @param until of another holder's lease when first looked at; null before that
   */
  private CompletionStage<Object> take(@Nullable Instant until) {
    return database
        .<Optionally>transact(this::takeOrLook)
        .handle(
            (found, failure) -> failure == null ? next(found, until) : afterTrouble(until, failure))
        .thenCompose(stage -> stage);
  }

  /** Null fields: it is ours. */
  private record Optionally(@Nullable Instant othersUntil) {}

  private Optionally takeOrLook(Connection connection) throws SQLException {
    try (var take = connection.prepareStatement(TAKE)) {
      take.setString(1, name);
      take.setString(2, holder);
      take.setDouble(3, TERM.toSeconds());
      if (take.executeUpdate() == 1) {
        return new Optionally(null);
      }
    }
    try (var look = connection.prepareStatement("SELECT until FROM cluster_lease WHERE name = ?")) {
      look.setString(1, name);
      try (var row = look.executeQuery()) {
        // Released in between: as good as run out.
        return new Optionally(
            row.next() ? row.getObject(1, OffsetDateTime.class).toInstant() : Instant.MIN);
      }
    }
  }

  private CompletionStage<Object> next(Optionally found, @Nullable Instant before) {
    Instant until = found.othersUntil();
    if (until == null) {
      hold();
      return CompletableFuture.completedFuture(true);
    }
    if (before != null && until.isAfter(before)) {
      return CompletableFuture.completedFuture(false); // renewed: its holder is alive
    }
    return later(LOOK_EVERY, () -> take(before == null ? until : before));
  }

  private CompletionStage<Object> afterTrouble(@Nullable Instant until, Throwable failure) {
    LOG.warn(
        "The database does not say which side of the split lives on ({}); asking again",
        failure.getClass().getSimpleName());
    return later(TRY_AGAIN_AFTER, () -> take(until));
  }

  private static CompletionStage<Object> later(
      Duration delay, Supplier<CompletionStage<Object>> action) {
    return new CompletableFuture<Void>()
        .completeOnTimeout(null, delay.toMillis(), TimeUnit.MILLISECONDS)
        .thenCompose(_ -> action.get());
  }

  private void hold() {
    held = true;
    renewing.cancel();
    renewing =
        system
            .scheduler()
            .scheduleWithFixedDelay(RENEW_EVERY, RENEW_EVERY, this::renew, system.dispatcher());
  }

  private void renew() {
    database
        .transact(
            connection -> {
              try (var renew = connection.prepareStatement(RENEW)) {
                renew.setDouble(1, TERM.toSeconds());
                renew.setString(2, name);
                renew.setString(3, holder);
                return renew.executeUpdate() == 1;
              }
            })
        .whenComplete(
            (ours, failure) -> {
              // What cannot be renewed is asked for again when it is needed.
              if (failure != null || !ours) {
                letGo();
              }
            });
  }

  private void letGo() {
    held = false;
    renewing.cancel();
  }

  CompletionStage<Object> released() {
    letGo();
    return database
        .transact(
            connection -> {
              try (var delete =
                  connection.prepareStatement(
                      "DELETE FROM cluster_lease WHERE name = ? AND holder = ?")) {
                delete.setString(1, name);
                delete.setString(2, holder);
                return delete.executeUpdate() == 1;
              }
            })
        // Gone by itself if not by us.
        .handle((_, _) -> true);
  }
}
