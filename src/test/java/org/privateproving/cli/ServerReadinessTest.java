package org.privateproving.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.grpc.Status;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.stream.SystemMaterializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.privateproving.artifact.ArtifactSettings;
import org.privateproving.artifact.ArtifactStore;
import org.privateproving.artifact.ClusterKey;
import org.privateproving.database.Database;
import org.privateproving.database.TestPostgres;
import org.privateproving.domain.RequestId;
import org.privateproving.gateway.Readiness.Check;
import org.privateproving.network.upstream.ProgramFetcher;
import org.privateproving.network.upstream.ProgramSettings;
import org.privateproving.network.upstream.ScriptedNetwork;
import org.privateproving.network.upstream.UpstreamNetwork;
import org.privateproving.network.upstream.UpstreamSettings;

class ServerReadinessTest {
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-01-01T12:00:00Z"), ZoneOffset.UTC);
  private static final Check DATABASE = new Check("database", true, "answers");

  private static ActorTestKit actors;
  private static Database database;

  @BeforeAll
  static void start() {
    actors = ActorTestKit.create();
    database = Database.open(TestPostgres.freshDatabase());
  }

  @AfterAll
  static void stop() {
    actors.shutdownTestKit();
    database.close();
  }

  /** Makes up its mind after one call without an answer. */
  private static UpstreamNetwork network(ScriptedNetwork scripted) {
    Config config =
        ConfigFactory.parseString(
                """
                private-proving {
                  data = "/unused"
                  network {
                    rpc-url = "%s"
                    fulfiller-key = "%s"
                    breaker { max-failures = 1, pause = 10ms }
                  }
                }
                """
                    .formatted(scripted.url(), "02".repeat(32)))
            .withFallback(ConfigFactory.load());
    var random = new SecureRandom();
    ArtifactStore artifacts =
        ArtifactStore.inPostgres(
            database,
            ClusterKey.inMemory(random),
            ArtifactSettings.from(config),
            CLOCK,
            random,
            SystemMaterializer.get(actors.system()).materializer());
    return new UpstreamNetwork(
        actors.system(),
        UpstreamSettings.from(config),
        database,
        artifacts,
        new ProgramFetcher(artifacts, ProgramSettings.from(config), actors.system()),
        CLOCK);
  }

  private static List<Check> checks(Database database, @Nullable UpstreamNetwork network)
      throws Exception {
    return new ServerReadiness(database, network)
        .checks()
        .toCompletableFuture()
        .get(20, TimeUnit.SECONDS);
  }

  @Test
  void aServerThatIsItsOwnLedgerNeedsItsDatabase() throws Exception {
    assertThat(checks(database, null)).containsExactly(DATABASE);
  }

  @Test
  void aDatabaseThatDoesNotAnswerIsVital() throws Exception {
    Database gone = Database.open(TestPostgres.freshDatabase());
    gone.close();

    assertThat(checks(gone, null))
        .containsExactly(new Check("database", false, "does not answer", true));
  }

  @Test
  void aNetworkThatIsAwayIsToldAndIsNotVital() throws Exception {
    try (ScriptedNetwork scripted = new ScriptedNetwork();
        UpstreamNetwork network = network(scripted)) {
      assertThat(checks(database, network))
          .containsExactly(DATABASE, new Check("network", true, "answers", false));

      scripted.close();
      await()
          .untilAsserted(
              () -> {
                network.proofUri(new RequestId("1d".repeat(32)));
                assertThat(checks(database, network))
                    .containsExactly(
                        DATABASE,
                        new Check(
                            "network", false, "does not answer since 2026-01-01T12:00:00Z", false));
              });
    }
  }

  @Test
  void aNetworkThatIsBackAnswers() throws Exception {
    try (ScriptedNetwork scripted = new ScriptedNetwork();
        UpstreamNetwork network = network(scripted)) {
      scripted.on(
          "GetProofRequestStatus",
          _ -> {
            throw ScriptedNetwork.refusal(Status.Code.UNAVAILABLE, "away");
          });
      network.proofUri(new RequestId("1d".repeat(32)));
      await().until(() -> !checks(database, network).getLast().ready());

      scripted.on("GetProofRequestStatus", _ -> new byte[0]);
      await()
          .until(
              () -> {
                network.proofUri(new RequestId("1d".repeat(32)));
                return checks(database, network).getLast().ready();
              });
    }
  }
}
