package org.privateproving.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.DriverManager;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MigrationsTest {
  @Test
  void applyingThemTwiceChangesNothing() {
    DatabaseSettings database = TestPostgres.emptyDatabase();

    assertThat(Migrations.migrate(database)).isGreaterThanOrEqualTo(2);
    assertThat(Migrations.migrate(database)).isZero();
  }

  @Test
  void nodesThatStartTogetherApplyEachMigrationOnce() throws Exception {
    DatabaseSettings database = TestPostgres.emptyDatabase();
    int nodes = 4;

    int applied = 0;
    try (var threads = Executors.newFixedThreadPool(nodes)) {
      Callable<Integer> node = () -> Migrations.migrate(database);
      List<Callable<Integer>> all = IntStream.range(0, nodes).mapToObj(_ -> node).toList();
      for (Future<Integer> each : threads.invokeAll(all)) {
        applied += each.get();
      }
    }

    assertThat(applied).isEqualTo(count(database, "SELECT count(*) FROM flyway_schema_history"));
    assertThat(count(database, "SELECT count(*) FROM flyway_schema_history WHERE NOT success"))
        .isZero();
  }

  @Test
  void theJournalHasItsTables() throws Exception {
    DatabaseSettings database = TestPostgres.freshDatabase();

    assertThat(
            count(
                database,
                "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'"
                    + " AND table_name IN ('event_journal', 'event_tag', 'snapshot')"))
        .isEqualTo(3);
  }

  private static int count(DatabaseSettings database, String sql) throws Exception {
    try (var connection =
            DriverManager.getConnection(database.url(), database.user(), database.password());
        var result = connection.createStatement().executeQuery(sql)) {
      result.next();
      return result.getInt(1);
    }
  }
}
