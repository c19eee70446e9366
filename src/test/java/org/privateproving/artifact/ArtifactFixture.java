package org.privateproving.artifact;

import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
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
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.privateproving.artifact.ArtifactSettings.KeySource;
import org.privateproving.artifact.ArtifactStore.UploadGrant;
import org.privateproving.artifact.ArtifactStore.UploadOutcome;
import org.privateproving.database.Database;
import org.privateproving.database.DatabaseSettings;
import org.privateproving.database.TestPostgres;
import org.privateproving.domain.Address;
import org.privateproving.domain.SettableClock;

/**
 * A store on a database of its own, and a clock that stands still. As an extension of a test class
 * it has no artifacts when a test begins, and is closed after the last.
 */
final class ArtifactFixture implements BeforeEachCallback, AfterAllCallback, AutoCloseable {
  static final Address ALICE = new Address("aa".repeat(20));
  static final Address BOB = new Address("bb".repeat(20));
  static final int CHUNK = ArtifactCipher.SEGMENT;
  static final int MAX_SIZE = 6 * CHUNK;
  static final Instant START = Instant.parse("2026-05-01T12:00:00Z");

  static final ArtifactSettings SETTINGS =
      new ArtifactSettings(
          MAX_SIZE,
          64L * CHUNK,
          4,
          3,
          Duration.ofHours(24),
          Duration.ofDays(7),
          Duration.ofMinutes(10),
          KeySource.MEMORY,
          Path.of("unused"));

  final SettableClock clock = new SettableClock(START);
  final ClusterKey key = ClusterKey.inMemory(new SecureRandom());
  final DatabaseSettings databaseSettings = TestPostgres.freshDatabase();
  final Database database = Database.open(databaseSettings);
  final ArtifactStore store;

  private final ActorSystem system =
      ActorSystem.create("artifacts", ConfigFactory.defaultReference());
  final Materializer materializer = SystemMaterializer.get(system).materializer();

  ArtifactFixture() {
    store = store(SETTINGS);
  }

  /** Another store on the same database, under the same key. */
  ArtifactStore store(ArtifactSettings settings) {
    return ArtifactStore.inPostgres(
        database, key, settings, clock, new SecureRandom(), materializer);
  }

  ArtifactCleaner cleaner() {
    return new ArtifactCleaner(database, SETTINGS);
  }

  UploadGrant open(ArtifactKind kind) throws Exception {
    return result(store.open(ALICE, kind));
  }

  UploadOutcome put(UploadGrant grant, byte[] body) throws Exception {
    return put(grant, OptionalLong.of(body.length), inPieces(body));
  }

  UploadOutcome put(UploadGrant grant, OptionalLong size, Source<ByteString, ?> body)
      throws Exception {
    return result(store.upload(grant.id(), grant.capability(), size, body));
  }

  ArtifactId stored(ArtifactKind kind, byte[] body) throws Exception {
    UploadGrant grant = open(kind);
    put(grant, body);
    return grant.id();
  }

  byte[] read(ArtifactId id) throws Exception {
    return result(
            store
                .read(id)
                .runWith(Sink.fold(ByteString.emptyByteString(), ByteString::concat), materializer))
        .toArray();
  }

  /** As a body comes in from a socket. */
  static Source<ByteString, ?> inPieces(byte[] body) {
    List<ByteString> pieces = new ArrayList<>();
    int piece = 100_000;
    for (int start = 0; start < body.length; start += piece) {
      pieces.add(ByteString.fromArray(body, start, Math.min(piece, body.length - start)));
    }
    return Source.from(pieces);
  }

  /** Fails when it is asked for its first element. */
  static Source<ByteString, ?> breaksOff() {
    return Source.lazySource(() -> Source.failed(new IllegalStateException("connection reset")));
  }

  static byte[] random(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
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

  int execute(String sql) throws Exception {
    return database.transactBlocking(
        c -> {
          try (var statement = c.createStatement()) {
            return statement.executeUpdate(sql);
          }
        });
  }

  /** Waits for a stage; its failure is thrown as it is. */
  static <T> T result(CompletionStage<T> stage) throws Exception {
    try {
      return stage.toCompletableFuture().get(60, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
  }

  @Override
  public void beforeEach(ExtensionContext context) throws Exception {
    execute("DELETE FROM artifact");
  }

  @Override
  public void afterAll(ExtensionContext context) throws Exception {
    close();
  }

  @Override
  public void close() throws Exception {
    system.terminate();
    database.close();
    result(system.getWhenTerminated());
  }

  /** Moves only when told. */
}
