package org.privateproving.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.privateproving.artifact.ArtifactFixture.ALICE;
import static org.privateproving.artifact.ArtifactFixture.result;

import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.SystemMaterializer;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.Test;
import org.privateproving.artifact.ArtifactSettings.KeySource;
import org.privateproving.artifact.ArtifactStore.UploadGrant;
import org.privateproving.database.Database;
import org.privateproving.database.DatabaseSettings;
import org.privateproving.database.TestPostgres;

class ArtifactMemoryTest {
  private static final long SIZE = 200L << 20;

  @Test
  void aTransferFitsIntoAHeapManyTimesSmaller() throws Exception {
    DatabaseSettings database = TestPostgres.freshDatabase();
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                SmallProcess.class.getName(),
                database.url(),
                database.user(),
                database.password())
            .inheritIO()
            .start();
    try {
      assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).isZero();
  }

  /** Sends {@value #SIZE} bytes up and down again. */
  static final class SmallProcess {
    public static void main(String[] args) throws Exception {
      ActorSystem system = ActorSystem.create("small", ConfigFactory.defaultReference());
      Materializer materializer = SystemMaterializer.get(system).materializer();
      try (var database = Database.open(new DatabaseSettings(args[0], args[1], args[2], 2, 10))) {
        transfer(database, materializer);
      }
      system.terminate();
    }

    private static void transfer(Database database, Materializer materializer) throws Exception {
      ArtifactStore store =
          ArtifactStore.inPostgres(
              database,
              ClusterKey.inMemory(new SecureRandom()),
              new ArtifactSettings(
                  SIZE,
                  SIZE * 2,
                  1,
                  1,
                  Duration.ofHours(1),
                  Duration.ofHours(1),
                  Duration.ofHours(1),
                  KeySource.MEMORY,
                  Path.of("unused")),
              Clock.systemUTC(),
              new SecureRandom(),
              materializer);
      UploadGrant grant = result(store.open(ALICE, ArtifactKind.STDIN));
      ByteString piece = ByteString.fromArray(new byte[1 << 16]);
      var body = Source.repeat(piece).take(SIZE / piece.size());
      var outcome =
          result(store.upload(grant.id(), grant.capability(), OptionalLong.of(SIZE), body));
      long read =
          result(
              store
                  .read(grant.id())
                  .runWith(Sink.fold(0L, (sum, bytes) -> sum + bytes.size()), materializer));
      if (read != SIZE) {
        throw new IllegalStateException("read: " + read + " after " + outcome);
      }
    }
  }
}
