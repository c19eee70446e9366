package org.privateproving.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.Cluster;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.privateproving.cli.settings.SettingsLoader;
import org.privateproving.cli.settings.SettingsSources;

class NodeConfigTest {
  private final Config settings =
      new SettingsLoader(Map.of())
          .load(
              new SettingsSources(
                  Map.of(), List.of("gateway.drain=2m", "cluster.port=0"), Optional.empty()));

  @ParameterizedTest
  @EnumSource(Roles.class)
  void tellsTheClusterWhatANodeDoes(Roles roles) {
    Config config = NodeConfig.of(settings, roles);
    assertThat(config.getStringList("pekko.cluster.roles")).isEqualTo(roles.names());
    assertThat(roles.names().contains(Roles.SERVER_ROLE)).isEqualTo(roles.isServer());
    assertThat(roles.names().contains(Roles.FULFILLER_ROLE)).isEqualTo(roles.isFulfiller());
  }

  @Test
  void endsTheProcessWithItsNode() {
    String key = "pekko.coordinated-shutdown.exit-jvm";
    assertThat(settings.getBoolean(key)).isFalse();
    assertThat(NodeConfig.of(settings, Roles.SERVER).getBoolean(key)).isTrue();
  }

  @Test
  void givesTheGatewayTheTimeItNeedsToDrain() {
    Config config = NodeConfig.of(settings, Roles.SERVER);
    String phases = "pekko.coordinated-shutdown.phases.";
    for (String phase :
        List.of("before-service-unbind", "service-unbind", "service-requests-done")) {
      assertThat(config.getDuration(phases + phase + ".timeout"))
          .isGreaterThan(Duration.ofMinutes(2));
    }
  }

  @Test
  void pointsBothPoolsAtTheDatabaseThatWasStarted() {
    Config config =
        NodeConfig.withDatabase(settings, "jdbc:postgresql://localhost:5/x", "me", "secret");
    for (String path :
        List.of("private-proving.database", "pekko-persistence-jdbc.shared-databases.slick.db")) {
      assertThat(config.getString(path + ".url")).isEqualTo("jdbc:postgresql://localhost:5/x");
      assertThat(config.getString(path + ".user")).isEqualTo("me");
      assertThat(config.getString(path + ".password")).isEqualTo("secret");
    }
    assertThat(config.getInt("private-proving.database.pool-size")).isEqualTo(10);
  }

  @Test
  void startsAnActorSystemThatBecomesACluster() throws Exception {
    Config test =
        ConfigFactory.parseString("pekko.coordinated-shutdown.exit-jvm = off")
            .withFallback(NodeConfig.of(settings, Roles.SERVER));
    ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "node-config-test", test);
    try {
      CompletableFuture<Boolean> up = new CompletableFuture<>();
      Cluster cluster = Cluster.get(system);
      cluster.registerOnMemberUp(() -> up.complete(cluster.selfMember().hasRole("server")));
      cluster.join(cluster.selfAddress());
      assertThat(up.get(30, TimeUnit.SECONDS)).isTrue();
    } finally {
      system.terminate();
      system.getWhenTerminated().toCompletableFuture().join();
    }
  }
}
