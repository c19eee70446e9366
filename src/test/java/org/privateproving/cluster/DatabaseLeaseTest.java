package org.privateproving.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.privateproving.database.Database;
import org.privateproving.database.DatabaseSettings;
import org.privateproving.database.Migrations;
import org.privateproving.database.TestPostgres;

class DatabaseLeaseTest {
  private final DatabaseSettings settings = TestPostgres.freshDatabase();
  private ActorSystem first;
  private ActorSystem second;
  private Database database;

  @BeforeEach
  void open() {
    Migrations.migrate(settings);
    database = Database.open(settings);
    // Of one name, as the nodes of a cluster are; each with a scheduler of its own.
    first = ActorSystem.create("lease-test", local());
    second = ActorSystem.create("lease-test", local());
  }

  private static Config local() {
    return ConfigFactory.parseString("pekko.actor.provider = local")
        .withFallback(ConfigFactory.load());
  }

  @AfterEach
  void close() {
    first.terminate();
    second.terminate();
    database.close();
  }

  private DatabaseLease lease(ActorSystem system, String holder) {
    return new DatabaseLease((ExtendedActorSystem) system, database, holder);
  }

  private static boolean acquire(DatabaseLease lease) throws Exception {
    return (boolean) lease.acquired().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  @Test
  void isHeldByOneWhileItLives() throws Exception {
    DatabaseLease one = lease(first, "one");
    DatabaseLease two = lease(second, "two");
    assertThat(acquire(one)).isTrue();
    assertThat(one.checkLease()).isTrue();
    assertThat(acquire(two)).as("its holder renews it").isFalse();
    assertThat(two.checkLease()).isFalse();
    assertThat(acquire(one)).as("asked for again").isTrue();
  }

  @Test
  void passesOnWhenItsHolderHasDied() throws Exception {
    assertThat(acquire(lease(first, "one"))).isTrue();
    first.terminate();
    first.getWhenTerminated().toCompletableFuture().get(20, TimeUnit.SECONDS);
    Instant died = Instant.now();
    assertThat(acquire(lease(second, "two"))).isTrue();
    assertThat(Duration.between(died, Instant.now())).isLessThan(DatabaseLease.TERM.plusSeconds(2));
  }

  @Test
  void passesOnWhenItIsReleased() throws Exception {
    DatabaseLease one = lease(first, "one");
    assertThat(acquire(one)).isTrue();
    one.released().toCompletableFuture().get(20, TimeUnit.SECONDS);
    assertThat(one.checkLease()).isFalse();
    DatabaseLease two = lease(second, "two");
    assertThat(acquire(two)).isTrue();
    assertThat(acquire(one)).isFalse();
  }

  @Test
  void isNoLongerHeldByWhomItWasTakenFrom() throws Exception {
    DatabaseLease one = lease(first, "one");
    assertThat(acquire(one)).isTrue();
    // As after a pause that was longer than its term.
    execute("UPDATE cluster_lease SET holder = 'two'");
    await("the holder finds out").until(() -> !one.checkLease());
  }

  @Test
  void goesToOneOfThoseThatAskAtOnce() {
    CompletableFuture<Object> one = lease(first, "one").acquired().toCompletableFuture();
    CompletableFuture<Object> two = lease(second, "two").acquired().toCompletableFuture();
    await("both know").until(() -> one.isDone() && two.isDone());
    assertThat(one.join()).isNotEqualTo(two.join());
  }

  @Test
  void isDecidedWhenTheDatabaseIsBack() throws Exception {
    execute("ALTER TABLE cluster_lease RENAME TO away");
    CompletableFuture<Object> asked = lease(first, "one").acquired().toCompletableFuture();
    assertThat(asked.copy().completeOnTimeout("pending", 1500, TimeUnit.MILLISECONDS).join())
        .isEqualTo("pending");
    execute("ALTER TABLE away RENAME TO cluster_lease");
    assertThat(asked.get(20, TimeUnit.SECONDS)).isEqualTo(true);
  }

  private void execute(String sql) throws SQLException {
    try (var connection =
            DriverManager.getConnection(settings.url(), settings.user(), settings.password());
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
