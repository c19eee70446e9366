package org.privateproving.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.privateproving.database.DatabaseSettings;
import org.privateproving.database.RestartablePostgres;

/** Two servers, three fulfillers, their network and their database: and whatever befalls them. */
final class ChaosField implements AutoCloseable {
  private static final List<String> SERVERS = List.of("one", "two");
  private static final List<String> FULFILLERS = List.of("a", "b", "c");
  private static final String[] ALL = {"one", "two", "a", "b", "c"};
  private static final int SHORTEST = 5;

  final TestCluster cluster;
  private final RestartablePostgres postgres;
  private final NodeLinks links = new NodeLinks();
  private final Random random;
  private final int longestSeconds;
  private int build = 1;

  /**
   * @param folder of the test's
   * @param random of which everything follows that is not given
   * @param longest how long a trouble lasts at most
   */
  ChaosField(Path folder, Random random, Duration longest) throws Exception {
    this.random = random;
    this.longestSeconds = (int) longest.toSeconds();
    this.postgres = new RestartablePostgres(folder.resolve("database"));
    this.cluster =
        new TestCluster(folder.resolve("nodes"), postgres.settings(), "one", "two")
            .over(links)
            .set("gateway.hold=0s")
            .set("requests.max-attempts=20")
            .set("artifacts.unused-after=1m")
            .set("artifacts.clean-every=10s");
    prepareFullDisk();
    cluster.start(ALL);
  }

  DatabaseSettings database() throws Exception {
    return postgres.settings();
  }

  /** Does it, mends it, and returns once all nodes run and see each other again. */
  void meet(Trouble trouble) throws Exception {
    switch (trouble) {
      case KILL_A_SERVER -> cluster.process(any(SERVERS)).kill();
      case KILL_A_FULFILLER -> cluster.process(any(FULFILLERS)).kill();
      case KILL_THE_OLDEST -> cluster.process(oldest()).kill();
      case PAUSE_A_NODE -> pause(any(List.of(ALL)));
      case CUT_THE_NETWORK -> cut();
      case RESTART_POSTGRES -> postgres.restart();
      case FILL_CONNECTIONS -> fillConnections();
      case FILL_THE_DISK -> fillTheDisk();
      case STOP_A_SERVER -> stop(any(SERVERS));
      case STOP_A_FULFILLER -> stop(any(FULFILLERS));
      case UPGRADE_ALL -> upgrade();
    }
    cluster.start(ALL);
  }

  private String any(List<String> names) {
    return names.get(random.nextInt(names.size()));
  }

  private String oldest() throws Exception {
    for (String name : SERVERS) {
      String self = cluster.members(name).path("selfNode").asText();
      if (cluster.members(name).path("oldest").asText().equals(self)) {
        return name;
      }
    }
    return any(SERVERS);
  }

  /** Not a wait for anything: the time is what it is about. */
  private void last() throws InterruptedException {
    int seconds = SHORTEST + random.nextInt(Math.max(1, longestSeconds - SHORTEST));
    Instant over = Instant.now().plusSeconds(seconds);
    await("the trouble to be over")
        .atMost(Duration.ofSeconds(seconds + 10))
        .until(() -> Instant.now().isAfter(over));
  }

  private void pause(String name) throws Exception {
    cluster.process(name).pause();
    try {
      last();
    } finally {
      cluster.process(name).goOn();
    }
  }

  private void cut() throws Exception {
    Set<String> side = new HashSet<>();
    for (String name : ALL) {
      if (random.nextBoolean()) {
        side.add(name);
      }
    }
    // A cut that leaves all on one side is none.
    if (side.isEmpty() || side.size() == ALL.length) {
      side = Set.of(any(SERVERS));
    }
    links.cut(side);
    try {
      last();
    } finally {
      links.mend();
    }
  }

  private void stop(String name) throws InterruptedException {
    assertThat(cluster.process(name).stop())
        .as(name + " ends when it is told to")
        .hasValueSatisfying(status -> assertThat(status).isIn(0, 143));
  }

  /** One after the other, with another build's number. */
  private void upgrade() throws Exception {
    build++;
    cluster.set("pekko.cluster.app-version=1.0." + build);
    for (String name : ALL) {
      stop(name);
      cluster.start(ALL);
    }
  }

  /** Takes all that are free, and more as they become so. */
  private void fillConnections() throws Exception {
    List<Connection> taken = new ArrayList<>();
    try {
      Instant over = Instant.now().plusSeconds(SHORTEST);
      await("some seconds without a free connection")
          .atMost(Duration.ofSeconds(SHORTEST + 60))
          .pollInterval(Duration.ofMillis(50))
          .until(
              () -> {
                take(taken);
                return Instant.now().isAfter(over);
              });
    } finally {
      for (Connection connection : taken) {
        connection.close();
      }
    }
  }

  private void take(List<Connection> taken) {
    try {
      while (true) {
        taken.add(connect());
      }
    } catch (SQLException e) {
      // That was the last one.
    }
  }

  /** PostgreSQL's own answer to a disk without room, for whatever chunk is written meanwhile. */
  private void prepareFullDisk() throws Exception {
    execute("CREATE TABLE full_disk ()");
    execute(
        """
        CREATE FUNCTION refuse_when_full() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF EXISTS (SELECT 1 FROM full_disk) THEN
            RAISE EXCEPTION USING ERRCODE = 'disk_full', MESSAGE = 'No space left on device';
          END IF;
          RETURN NEW;
        END $$""");
    execute(
        "CREATE TRIGGER full_disk BEFORE INSERT ON artifact_chunk"
            + " FOR EACH ROW EXECUTE FUNCTION refuse_when_full()");
  }

  private void fillTheDisk() throws Exception {
    execute("INSERT INTO full_disk DEFAULT VALUES");
    try {
      last();
    } finally {
      execute("DELETE FROM full_disk");
    }
  }

  private void execute(String sql) throws Exception {
    try (Connection connection = connect();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private Connection connect() throws SQLException {
    try {
      DatabaseSettings settings = postgres.settings();
      return DriverManager.getConnection(settings.url(), settings.user(), settings.password());
    } catch (IOException e) {
      throw new SQLException(e);
    }
  }

  @Override
  public void close() throws Exception {
    cluster.close();
    links.close();
    postgres.close();
  }
}
