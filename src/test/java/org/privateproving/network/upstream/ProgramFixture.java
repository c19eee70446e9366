package org.privateproving.network.upstream;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.net.URI;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.SystemMaterializer;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;
import org.privateproving.artifact.ArtifactId;
import org.privateproving.artifact.ArtifactSettings;
import org.privateproving.artifact.ArtifactStore;
import org.privateproving.artifact.ClusterKey;
import org.privateproving.database.Database;
import org.privateproving.database.TestPostgres;
import org.privateproving.domain.RootCause;

/** A real store, actors with the dispatchers that a server has, and a web server with programs. */
final class ProgramFixture implements AutoCloseable {
  static final int MAX_SIZE = 3 << 20;

  private static final Config CONFIG =
      ConfigFactory.parseString(
              """
              pekko.actor.provider = local
              private-proving.data = /unused
              """)
          .withFallback(ConfigFactory.load());

  final ProgramServer server = new ProgramServer();
  final Database database = Database.open(TestPostgres.freshDatabase());
  final ActorSystem system = ActorSystem.create("programs", CONFIG.resolve());
  final Materializer materializer = SystemMaterializer.get(system).materializer();
  final ArtifactStore store = storeUnderANewKey();

  ProgramFixture() throws IOException {}

  /** What was stored before does not open in it. */
  ArtifactStore storeUnderANewKey() {
    return ArtifactStore.inPostgres(
        database,
        ClusterKey.inMemory(new SecureRandom()),
        ArtifactSettings.from(CONFIG),
        Clock.systemUTC(),
        new SecureRandom(),
        materializer);
  }

  /** Patient; its S3 is the web server. */
  ProgramSettings settings() {
    return settings(Duration.ofSeconds(30), Duration.ofMinutes(1));
  }

  ProgramSettings settings(Duration idle, Duration total) {
    return settings(idle, total, Optional.of(server.address()));
  }

  static ProgramSettings settings(Duration idle, Duration total, Optional<URI> s3) {
    return new ProgramSettings(
        "us-east-2", s3, MAX_SIZE, Duration.ofSeconds(1), idle, total, false);
  }

  /** All that {@code source} gives; its failure is thrown as it is. */
  byte[] bytes(Source<ByteString, ?> source) throws Exception {
    return result(
            source.runWith(
                Sink.fold(ByteString.emptyByteString(), ByteString::concat), materializer))
        .toArray();
  }

  byte[] stored(ArtifactId id) throws Exception {
    return bytes(store.read(id));
  }

  long count(String from) throws Exception {
    return database.transactBlocking(
        c -> {
          try (ResultSet result =
              c.createStatement().executeQuery("SELECT count(*) FROM " + from)) {
            result.next();
            return result.getLong(1);
          }
        });
  }

  static byte[] random(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
  }

  /** Waits for a stage; its failure is thrown without what stages wrap around it. */
  static <T> T result(CompletionStage<T> stage) throws Exception {
    try {
      return stage.toCompletableFuture().get(60, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      Throwable failure = Objects.requireNonNull(e.getCause());
      throw RootCause.of(failure) instanceof Exception cause ? cause : e;
    }
  }

  @Override
  public void close() throws Exception {
    system.terminate();
    server.close();
    database.close();
    result(system.getWhenTerminated());
  }
}
