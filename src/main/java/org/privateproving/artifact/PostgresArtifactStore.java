package org.privateproving.artifact;

import static org.privateproving.artifact.BlockingCalls.call;

import java.io.IOException;
import java.io.InputStream;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.stream.javadsl.StreamConverters;
import org.apache.pekko.util.ByteString;
import org.privateproving.database.Database;
import org.privateproving.domain.Address;
import org.privateproving.domain.Refusal;

/**
 * Rows of PostgreSQL. Every transfer is a virtual thread that pulls the body, or a stream that
 * pulls rows; both hold one chunk in each form it takes (plain, encrypted, on its way), and a
 * connection only while a row travels.
 */
final class PostgresArtifactStore implements ArtifactStore {
  // The edge ends a transfer that stands still long before this.
  private static final Duration READ_TIMEOUT = Duration.ofHours(1);
  private static final int BUFFERED_ELEMENTS = 4;

  private final Database database;
  private final ArtifactSettings settings;
  private final Clock clock;
  private final SecureRandom random;
  private final Materializer materializer;
  private final Capabilities capabilities;
  private final Claims claims;
  private final ArtifactEraser eraser;
  private final ArtifactReader reader;
  private final ClaimedWriter claimed;
  private final Upload upload;
  private final Semaphore uploads;

  PostgresArtifactStore(
      Database database,
      ClusterKey key,
      ArtifactSettings settings,
      Clock clock,
      SecureRandom random,
      Materializer materializer) {
    this.database = database;
    this.settings = settings;
    this.clock = clock;
    this.random = random;
    this.materializer = materializer;
    capabilities = new Capabilities(key);
    claims = new Claims(clock);
    eraser = new ArtifactEraser(database, clock);
    var cipher = new ArtifactCipher(key);
    reader = new ArtifactReader(database, cipher);
    var writer = new ArtifactWriter(database, cipher, clock);
    claimed = new ClaimedWriter(database, writer, clock);
    upload = new Upload(database, writer, settings, clock);
    uploads = new Semaphore(settings.maxUploads());
  }

  @Override
  public CompletionStage<UploadGrant> open(Address owner, ArtifactKind kind) {
    if (kind == ArtifactKind.PROOF) {
      throw new IllegalArgumentException("kind: PROOF (expected: what clients upload)");
    }
    var binding = new Binding(newId(), kind, owner);
    return database
        .transact(
            connection -> {
              admit(connection, owner);
              ArtifactTable.insert(connection, binding, clock.instant());
              return binding.id();
            })
        .thenApply(id -> new UploadGrant(id, capabilities.of(Capabilities.Purpose.UPLOAD, id)));
  }

  private void admit(Connection connection, Address owner) throws SQLException {
    ArtifactTable.lockOwner(connection, owner);
    Instant expiry = clock.instant().minus(settings.unusedAfter());
    int open = ArtifactTable.countOpen(connection, owner, expiry);
    if (open >= settings.maxOpenPerRequester()) {
      throw new Refusal(
          Refusal.Reason.FAILED_PRECONDITION,
          open
              + " uploads of "
              + owner
              + " are open and unused, which is as many as may be: use them, or wait until they"
              + " expire.");
    }
    if (ChunkTable.totalBytes(connection) >= settings.maxTotal()) {
      throw new Refusal(Refusal.Reason.FAILED_PRECONDITION, Upload.FULL);
    }
  }

  @Override
  public CompletionStage<UploadOutcome> upload(
      ArtifactId id, String capability, OptionalLong declaredSize, Source<ByteString, ?> body) {
    if (!capabilities.matches(Capabilities.Purpose.UPLOAD, id, capability)) {
      return drained(body, new UploadOutcome.Unknown());
    }
    if (!uploads.tryAcquire()) {
      return drained(body, new UploadOutcome.Busy());
    }
    return body.runWith(pulled(in -> upload.take(id, declaredSize, in)), materializer)
        .whenComplete((_, _) -> uploads.release());
  }

  @Override
  public CompletionStage<Optional<ArtifactInfo>> find(ArtifactId id) {
    return database
        .transact(connection -> ArtifactTable.find(connection, id))
        .thenApply(row -> row.map(ArtifactRow::info));
  }

  @Override
  public CompletionStage<ByteString> head(ArtifactId id, int count) {
    return call(() -> reader.head(id, count));
  }

  @Override
  public CompletionStage<ArtifactInfo> claim(
      ArtifactId id, Address owner, ArtifactKind kind, String user) {
    return database.transact(
        connection -> claims.claim(connection, new Binding(id, kind, owner), user));
  }

  @Override
  public Source<ByteString, NotUsed> read(ArtifactId id) {
    return reader.read(id);
  }

  @Override
  public Sink<ByteString, CompletionStage<ArtifactInfo>> storeProof(
      Address owner, String user, long limit) {
    return pulled(
        in -> {
          var binding = new Binding(newId(), ArtifactKind.PROOF, owner);
          return claimed.storeNew(
              new ClaimedWriter.Delivery(binding, user, limit, Long.MAX_VALUE), in);
        });
  }

  @Override
  public Sink<ByteString, CompletionStage<ArtifactInfo>> storeProgram(
      ArtifactId id, Address owner, String user, long limit) {
    var binding = new Binding(id, ArtifactKind.PROGRAM, owner);
    var delivery = new ClaimedWriter.Delivery(binding, user, limit, settings.maxTotal());
    return pulled(in -> claimed.storeOnce(delivery, in));
  }

  @Override
  public String proofPath(ArtifactId id) {
    return "/proofs/" + id + "/" + capabilities.of(Capabilities.Purpose.PROOF, id);
  }

  @Override
  public CompletionStage<Optional<Download>> openProof(ArtifactId id, String capability) {
    if (!capabilities.matches(Capabilities.Purpose.PROOF, id, capability)) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
    return find(id)
        .thenApply(
            found ->
                found
                    .filter(info -> info.complete() && info.kind() == ArtifactKind.PROOF)
                    .map(info -> new Download(info.size(), reader.read(id))));
  }

  @Override
  public CompletionStage<Void> erase(ArtifactId id) {
    return call(
        () -> {
          eraser.erase(id);
          return null;
        });
  }

  private CompletionStage<UploadOutcome> drained(
      Source<ByteString, ?> body, UploadOutcome outcome) {
    return body.runWith(Sink.ignore(), materializer).handle((_, _) -> outcome);
  }

  /** What to do with a body, on a thread of its own. It closes the body. */
  private interface Pull<T> {
    T from(InputStream body) throws IOException, SQLException;
  }

  private static <T> Sink<ByteString, CompletionStage<T>> pulled(Pull<T> pull) {
    return StreamConverters.asInputStream(READ_TIMEOUT)
        .withAttributes(Attributes.inputBuffer(BUFFERED_ELEMENTS, BUFFERED_ELEMENTS))
        .mapMaterializedValue(body -> call(() -> pull.from(body)));
  }

  // A random UUID (RFC 9562, version 4).
  private ArtifactId newId() {
    long high = (random.nextLong() & ~0xf000L) | 0x4000L;
    long low = (random.nextLong() >>> 2) | Long.MIN_VALUE;
    return new ArtifactId(new UUID(high, low));
  }
}
