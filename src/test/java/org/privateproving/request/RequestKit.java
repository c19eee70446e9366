package org.privateproving.request;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.ManualTime;
import org.apache.pekko.persistence.testkit.javadsl.EventSourcedBehaviorTestKit;
import org.apache.pekko.stream.SystemMaterializer;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.privateproving.artifact.ArtifactId;
import org.privateproving.artifact.ArtifactKind;
import org.privateproving.artifact.ArtifactSettings;
import org.privateproving.artifact.ArtifactStore;
import org.privateproving.artifact.ClusterKey;
import org.privateproving.database.Database;
import org.privateproving.database.TestPostgres;
import org.privateproving.domain.Address;
import org.privateproving.domain.RequestId;

/**
 * What the requests of one test class run on: actors, a real database and a real store. The journal
 * is in memory.
 */
final class RequestKit implements AfterAllCallback {
  private static final Config CONFIG =
      EventSourcedBehaviorTestKit.config()
          .withFallback(
              ConfigFactory.parseString(
                  """
                  # Both cores may be busy with other tests.
                  pekko.actor.testkit.typed.single-expect-default = 10s
                  pekko.actor {
                    serializers.request-events = "org.privateproving.request.EventSerializer"
                    serialization-bindings {
                      "org.privateproving.domain.CborSerializable" = jackson-cbor
                      "org.privateproving.request.Event" = request-events
                    }
                  }
                  """));

  private final SecureRandom random = new SecureRandom();
  private final Database database = Database.open(TestPostgres.freshDatabase());
  private final ActorTestKit actors;
  private final ArtifactStore artifacts;

  private RequestKit(Config config) {
    actors = ActorTestKit.create(config);
    artifacts =
        ArtifactStore.inPostgres(
            database,
            ClusterKey.inMemory(random),
            ArtifactSettings.from(ConfigFactory.load()),
            Clock.systemUTC(),
            random,
            SystemMaterializer.get(actors.system()).materializer());
  }

  static RequestKit start() {
    return new RequestKit(CONFIG);
  }

  /** Timers go off only when the test says that time passes. */
  static RequestKit withManualTime() {
    return new RequestKit(ManualTime.config().withFallback(CONFIG));
  }

  @Override
  public void afterAll(ExtensionContext context) {
    close();
  }

  void close() {
    actors.shutdownTestKit();
    database.close();
  }

  ActorTestKit actors() {
    return actors;
  }

  Database database() {
    return database;
  }

  ArtifactStore artifacts() {
    return artifacts;
  }

  RequestId randomId() {
    byte[] bytes = new byte[RequestId.BYTES];
    random.nextBytes(bytes);
    return RequestId.of(bytes);
  }

  /** A request that nobody has ordered yet. */
  RunningRequest request() {
    return request(UnaryOperator.identity());
  }

  /**
   * @param store what the request sees of the store
   */
  RunningRequest request(UnaryOperator<ArtifactStore> store) {
    return new RunningRequest(this, store.apply(artifacts));
  }

  ArtifactId upload(Address owner, ArtifactKind kind, String text) {
    var grant = get(artifacts.open(owner, kind));
    var _ =
        get(
            artifacts.upload(
                grant.id(),
                grant.capability(),
                OptionalLong.empty(),
                Source.single(ByteString.fromString(text))));
    return grant.id();
  }

  static <T> T get(CompletionStage<T> stage) {
    return stage.toCompletableFuture().copy().orTimeout(20, TimeUnit.SECONDS).join();
  }
}
