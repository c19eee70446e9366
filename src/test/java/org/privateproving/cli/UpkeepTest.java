package org.privateproving.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.cluster.sharding.ShardRegion.CurrentShardRegionState;
import org.apache.pekko.cluster.sharding.typed.GetShardRegionState;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.privateproving.cli.settings.SettingsLoader;
import org.privateproving.cli.settings.SettingsSources;
import org.privateproving.database.Database;
import org.privateproving.database.DatabaseSettings;
import org.privateproving.database.TestPostgres;
import org.privateproving.domain.RequestId;
import org.privateproving.request.ProofRequest;

/** That a server, once it is put together, looks after what nobody asks about. */
class UpkeepTest {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final RequestId ID = RequestId.of(new byte[RequestId.BYTES]);

  private final DatabaseSettings postgres = TestPostgres.freshDatabase();
  private final Database database = Database.open(postgres);
  private ServerResources resources;
  private ActorSystem<Void> system;

  @BeforeEach
  void open(@TempDir Path data) throws Exception {
    insertOldNonce();
    insertForsakenRequest();
    resources = ServerResources.open(config(data));
    system = ActorSystem.create(Behaviors.empty(), Node.SYSTEM_NAME, resources.config());
    CompletableFuture<Done> up = new CompletableFuture<>();
    Cluster cluster = Cluster.get(system);
    cluster.registerOnMemberUp(() -> up.complete(Done.getInstance()));
    cluster.join(cluster.selfAddress());
    Clock clock = Clock.systemUTC();
    ClusterParts parts = ClusterParts.start(system, Roles.SERVER, resources, clock);
    var _ = up.get(SOON.toSeconds(), TimeUnit.SECONDS);
    var _ = ServerParts.start(system, parts, resources.config(), clock);
  }

  private Config config(Path data) {
    Config settings =
        new SettingsLoader(Map.of())
            .load(
                new SettingsSources(
                    Map.of(),
                    List.of(
                        "data=" + data,
                        "gateway.port=0",
                        "cluster.port=0",
                        "artifacts.key-source=memory",
                        "artifacts.clean-every=200ms"),
                    Optional.empty()));
    return ConfigFactory.parseString("pekko.coordinated-shutdown.exit-jvm = off")
        .withFallback(
            NodeConfig.withDatabase(
                NodeConfig.of(settings, Roles.SERVER),
                postgres.url(),
                postgres.user(),
                postgres.password()));
  }

  @AfterEach
  void close() throws Exception {
    system.terminate();
    system.getWhenTerminated().toCompletableFuture().get(SOON.toSeconds(), TimeUnit.SECONDS);
    resources.close();
    database.close();
  }

  @Test
  void shouldCleanAndWake() {
    await("a round of cleaning").atMost(SOON).until(() -> count("used_nonce") == 0);
    await("the request's actor").atMost(SOON).until(() -> awake().contains(ID.hex()));
    assertThat(count("request")).isEqualTo(1);
  }

  private Set<String> awake() {
    CompletionStage<CurrentShardRegionState> state =
        AskPattern.ask(
            ClusterSharding.get(system).shardState(),
            (ActorRef<CurrentShardRegionState> replyTo) ->
                new GetShardRegionState(ProofRequest.TYPE_KEY, replyTo),
            Duration.ofSeconds(5),
            system.scheduler());
    return get(state).getShards().stream()
        .flatMap(shard -> shard.getEntityIds().stream())
        .collect(Collectors.toUnmodifiableSet());
  }

  private void insertOldNonce() {
    execute(
        "INSERT INTO used_nonce (signer, nonce, used_at) VALUES (?, 1, ?)",
        new byte[20],
        Instant.now().minus(Duration.ofDays(1)));
  }

  /** A row that says that there is work left, of which no server in memory knows. */
  private void insertForsakenRequest() {
    Instant now = Instant.now();
    execute(
        """
        INSERT INTO request (request_id, requester, stdin_uri, vk_hash, version, mode,
                             deadline, created_at, state, updated_at)
        VALUES (?, ?, 'uri', ?, 'sp1-v6.1.0', 'CORE', ?, ?, 'queued', ?)
        """,
        ID.bytes(),
        new byte[20],
        new byte[32],
        now,
        now,
        now);
  }

  private void execute(String sql, Object... values) {
    var _ =
        get(
            database.transact(
                connection -> {
                  try (var insert = connection.prepareStatement(sql)) {
                    for (int i = 0; i < values.length; i++) {
                      insert.setObject(
                          i + 1,
                          values[i] instanceof Instant time ? Timestamp.from(time) : values[i]);
                    }
                    return insert.executeUpdate();
                  }
                }));
  }

  private int count(String table) {
    return get(
        database.transact(
            connection -> {
              try (var select = connection.createStatement();
                  var row = select.executeQuery("SELECT count(*) FROM " + table)) {
                row.next();
                return row.getInt(1);
              }
            }));
  }

  private static <T> T get(CompletionStage<T> stage) {
    return stage.toCompletableFuture().copy().orTimeout(20, TimeUnit.SECONDS).join();
  }
}
