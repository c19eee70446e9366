package org.privateproving.database;

import static java.lang.Thread.State.TIMED_WAITING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.privateproving.domain.Refusal;

class HikariDatabaseTest {
  private static final int POOL = 2;
  private static final int QUEUE = 3;

  private static DatabaseSettings settings;

  private Database database;

  @BeforeAll
  static void createTable() throws Exception {
    DatabaseSettings fresh = TestPostgres.emptyDatabase();
    settings = new DatabaseSettings(fresh.url(), fresh.user(), fresh.password(), POOL, QUEUE);
    try (Database database = Database.open(settings)) {
      database.transactBlocking(c -> c.createStatement().execute("CREATE TABLE word (w TEXT)"));
    }
  }

  @BeforeEach
  void open() {
    database = Database.open(settings);
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void commitsWhatReturnsAndRollsBackWhatThrows() throws Exception {
    result(database.transact(c -> insert(c, "kept")));
    CompletionStage<Integer> failed =
        database.transact(
            c -> {
              insert(c, "dropped");
              throw new SQLException("broke");
            });

    assertThatThrownBy(() -> result(failed))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOf(SQLException.class)
        .hasMessage("broke");
    assertThat(database.transactBlocking(HikariDatabaseTest::words)).containsExactly("kept");
  }

  @Test
  void aRefusalEndsTheStageAsItIs() {
    var refusal = new Refusal(Refusal.Reason.NOT_FOUND, "none");

    CompletionStage<Object> stage =
        database.transact(
            _ -> {
              throw refusal;
            });

    assertThatThrownBy(() -> result(stage)).hasCause(refusal);
  }

  @Test
  void refusesWorkWhenTheQueueIsFullAndTakesItAgainAfterwards() throws Exception {
    var release = new CountDownLatch(1);
    List<CompletionStage<Boolean>> taken = new ArrayList<>();
    for (int i = 0; i < POOL + QUEUE; i++) {
      taken.add(database.transact(_ -> awaitLatch(release)));
    }

    assertThatThrownBy(() -> result(database.transact(_ -> true)))
        .cause()
        .isInstanceOfSatisfying(
            Refusal.class, r -> assertThat(r.reason()).isEqualTo(Refusal.Reason.TRY_AGAIN));
    assertThatThrownBy(() -> database.transactBlocking(_ -> true)).isInstanceOf(Refusal.class);

    release.countDown();
    for (var each : taken) {
      assertThat(result(each)).isTrue();
    }
    assertThat(HikariDatabaseTest.<Boolean>result(database.transact(_ -> true))).isTrue();
  }

  @Test
  void closingLetsWorkUnderWayEndAndFailsWhatWaits() throws Exception {
    var started = new CountDownLatch(POOL);
    var release = new CountDownLatch(1);
    List<CompletionStage<Boolean>> running = new ArrayList<>();
    for (int i = 0; i < POOL; i++) {
      running.add(
          database.transact(
              _ -> {
                started.countDown();
                return awaitLatch(release);
              }));
    }
    started.await();
    CompletionStage<Boolean> waiting = database.transact(_ -> true);

    Thread closing = Thread.ofPlatform().start(database::close);
    // It waits for the work under way, once it has closed the door.
    await().until(() -> closing.getState() == TIMED_WAITING);
    CompletionStage<Boolean> late = database.transact(_ -> true);
    release.countDown();
    closing.join();

    for (var each : running) {
      assertThat(result(each)).isTrue();
    }
    assertThatThrownBy(() -> result(waiting)).hasCauseInstanceOf(Refusal.class);
    assertThatThrownBy(() -> result(late)).hasCauseInstanceOf(Refusal.class);
  }

  private static int insert(Connection connection, String word) throws SQLException {
    try (var statement = connection.prepareStatement("INSERT INTO word VALUES (?)")) {
      statement.setString(1, word);
      return statement.executeUpdate();
    }
  }

  private static List<String> words(Connection connection) throws SQLException {
    List<String> words = new ArrayList<>();
    try (var result = connection.createStatement().executeQuery("SELECT w FROM word")) {
      while (result.next()) {
        words.add(result.getString(1));
      }
    }
    return words;
  }

  private static boolean awaitLatch(CountDownLatch latch) {
    try {
      return latch.await(30, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static <T> T result(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(30, TimeUnit.SECONDS);
  }
}
