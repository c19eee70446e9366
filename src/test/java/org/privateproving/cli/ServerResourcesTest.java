package org.privateproving.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.privateproving.artifact.ArtifactId;
import org.privateproving.artifact.ArtifactKind;
import org.privateproving.artifact.ArtifactStore;
import org.privateproving.cli.settings.SettingsLoader;
import org.privateproving.cli.settings.SettingsSources;
import org.privateproving.database.DatabaseSettings;
import org.privateproving.database.TestPostgres;
import org.privateproving.domain.Address;

/** What a server that starts over in its process finds again. */
class ServerResourcesTest {
  private static final Address OWNER = Address.of(new byte[Address.BYTES]);

  private ServerResources resources;

  @BeforeEach
  void open(@TempDir Path data) {
    DatabaseSettings postgres = TestPostgres.freshDatabase();
    Config settings =
        new SettingsLoader(Map.of())
            .load(
                new SettingsSources(
                    Map.of(),
                    List.of("data=" + data, "cluster.port=0", "artifacts.key-source=memory"),
                    Optional.empty()));
    resources =
        ServerResources.open(
            NodeConfig.withDatabase(
                settings, postgres.url(), postgres.user(), postgres.password()));
  }

  @AfterEach
  void close() {
    resources.close();
  }

  @Test
  void shouldOpenWhatWasStoredByTheActorsBefore() throws Exception {
    ArtifactId id =
        withStore(
            store -> {
              var grant = get(store.open(OWNER, ArtifactKind.STDIN));
              get(
                  store.upload(
                      grant.id(),
                      grant.capability(),
                      OptionalLong.empty(),
                      Source.single(ByteString.fromString("an input"))));
              return grant.id();
            });

    String input = withStore(store -> get(store.head(id, 100)).utf8String());

    assertThat(input).isEqualTo("an input");
  }

  private interface Use<T> {
    T of(ArtifactStore store) throws Exception;
  }

  /** One life of a server. */
  private <T> T withStore(Use<T> use) throws Exception {
    ActorSystem<Void> system =
        ActorSystem.create(Behaviors.empty(), Node.SYSTEM_NAME, resources.config());
    try {
      return use.of(ServerStore.open(system, resources, Clock.systemUTC()).artifacts());
    } finally {
      system.terminate();
      get(system.getWhenTerminated());
    }
  }

  private static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(30, TimeUnit.SECONDS);
  }
}
