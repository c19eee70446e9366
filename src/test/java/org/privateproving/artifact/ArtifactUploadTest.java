package org.privateproving.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.privateproving.artifact.ArtifactFixture.ALICE;
import static org.privateproving.artifact.ArtifactFixture.BOB;
import static org.privateproving.artifact.ArtifactFixture.CHUNK;
import static org.privateproving.artifact.ArtifactFixture.MAX_SIZE;
import static org.privateproving.artifact.ArtifactFixture.SETTINGS;
import static org.privateproving.artifact.ArtifactFixture.inPieces;
import static org.privateproving.artifact.ArtifactFixture.random;
import static org.privateproving.artifact.ArtifactFixture.result;

import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.privateproving.artifact.ArtifactStore.UploadGrant;
import org.privateproving.artifact.ArtifactStore.UploadOutcome;
import org.privateproving.domain.Digest;
import org.privateproving.domain.Refusal;

class ArtifactUploadTest {
  @RegisterExtension static final ArtifactFixture fixture = new ArtifactFixture();

  @ParameterizedTest
  @ValueSource(ints = {0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 5 * CHUNK, MAX_SIZE})
  void givesBackWhatItTook(int size) throws Exception {
    byte[] body = random(size);
    UploadGrant grant = fixture.open(ArtifactKind.STDIN);

    assertThat(fixture.put(grant, body)).isEqualTo(new UploadOutcome.Stored(size));

    assertThat(fixture.read(grant.id())).isEqualTo(body);
    ArtifactInfo info = result(fixture.store.find(grant.id())).orElseThrow();
    assertThat(info.complete()).isTrue();
    assertThat(info.size()).isEqualTo(size);
    assertThat(info.owner()).isEqualTo(ALICE);
    assertThat(info.sha256()).contains(sha256(body));
    assertThat(info.claimedBy()).isEmpty();
    assertThat(info.createdAt()).isEqualTo(fixture.clock.instant());
  }

  @Test
  void theHeadIsTheFirstBytesOrAllThereAre() throws Exception {
    byte[] body = random(2 * CHUNK);
    ArtifactId id = fixture.stored(ArtifactKind.PROGRAM, body);
    ArtifactId small = fixture.stored(ArtifactKind.PROGRAM, new byte[] {1, 2});

    assertThat(result(fixture.store.head(id, 4)).toArray()).isEqualTo(Arrays.copyOf(body, 4));
    assertThat(result(fixture.store.head(id, MAX_SIZE)).size()).isEqualTo(CHUNK);
    assertThat(result(fixture.store.head(small, 4)).toArray()).containsExactly(1, 2);
  }

  @Test
  void anUnknownArtifactHasNeitherHeadNorBytes() throws Exception {
    ArtifactId opened = fixture.open(ArtifactKind.STDIN).id();

    assertRefused(Refusal.Reason.NOT_FOUND, () -> result(fixture.store.head(opened, 1)));
    assertRefused(Refusal.Reason.NOT_FOUND, () -> fixture.read(opened));
  }

  @Test
  void aWrongCapabilityIsToldNothingAndItsBodyIsDrained() throws Exception {
    UploadGrant grant = fixture.open(ArtifactKind.STDIN);
    UploadGrant other = fixture.open(ArtifactKind.STDIN);

    for (String wrong : List.of("", "x", other.capability(), grant.capability() + "A", "ü")) {
      var body = new CountedBody(2 * CHUNK);
      assertThat(
              result(fixture.store.upload(grant.id(), wrong, OptionalLong.empty(), body.source())))
          .isEqualTo(new UploadOutcome.Unknown());
      assertThat(body.taken()).isEqualTo(2 * CHUNK);
    }
    assertThat(fixture.count("artifact_attempt")).isZero();
    assertThat(grant.toString()).doesNotContain(grant.capability());
  }

  @Test
  void aRepeatedUploadReplacesTheFirstInOneStep() throws Exception {
    UploadGrant grant = fixture.open(ArtifactKind.STDIN);
    fixture.put(grant, random(CHUNK + 5));

    fixture.put(grant, random(7));

    assertThat(fixture.read(grant.id())).isEqualTo(random(7));
    assertThat(fixture.count("artifact_attempt")).isEqualTo(1);
    assertThat(fixture.count("artifact_chunk")).isEqualTo(1);
  }

  @Test
  void anUploadThatBreaksOffLeavesWhatWasThereBefore() throws Exception {
    UploadGrant grant = fixture.open(ArtifactKind.STDIN);
    Source<ByteString, ?> broken =
        inPieces(random(3 * CHUNK)).concatLazy(ArtifactFixture.breaksOff());

    // The failure may overtake bytes that are still on their way.
    assertThat(fixture.put(grant, OptionalLong.of(5 * CHUNK), broken))
        .isInstanceOfSatisfying(
            UploadOutcome.Incomplete.class,
            incomplete ->
                assertThat(incomplete.message())
                    .matches("The upload broke off after \\d+ bytes\\."));
    assertThat(fixture.count("artifact_chunk")).isZero();
    assertThat(fixture.count("artifact_attempt")).isZero();
    assertThat(result(fixture.store.find(grant.id())).orElseThrow().complete()).isFalse();

    fixture.put(grant, random(9));
    fixture.put(grant, OptionalLong.empty(), broken);
    assertThat(fixture.read(grant.id())).isEqualTo(random(9));
    assertThat(fixture.count("artifact_attempt")).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(longs = {9, 11})
  void aBodyOfAnotherSizeThanDeclaredIsIncomplete(long declared) throws Exception {
    UploadGrant grant = fixture.open(ArtifactKind.STDIN);

    assertThat(fixture.put(grant, OptionalLong.of(declared), inPieces(random(10))))
        .isInstanceOf(UploadOutcome.Incomplete.class);
    assertThat(fixture.count("artifact_attempt")).isZero();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatIsTooLargeIsDrainedAndRefused(boolean declared) throws Exception {
    UploadGrant grant = fixture.open(ArtifactKind.STDIN);
    var body = new CountedBody(MAX_SIZE + 2 * CHUNK);

    assertThat(
            fixture.put(
                grant,
                declared ? OptionalLong.of(MAX_SIZE + 2 * CHUNK) : OptionalLong.empty(),
                body.source()))
        .isEqualTo(new UploadOutcome.TooLarge(MAX_SIZE));
    assertThat(body.taken()).isEqualTo(MAX_SIZE + 2 * CHUNK);
    assertThat(fixture.count("artifact_attempt")).isZero();
  }

  @Test
  void aClaimedOrExpiredOrErasedArtifactTakesNoUpload() throws Exception {
    UploadGrant claimed = fixture.open(ArtifactKind.STDIN);
    fixture.put(claimed, random(3));
    result(fixture.store.claim(claimed.id(), ALICE, ArtifactKind.STDIN, "request"));
    UploadGrant erased = fixture.open(ArtifactKind.STDIN);
    result(fixture.store.erase(erased.id()));
    UploadGrant expired = fixture.open(ArtifactKind.STDIN);

    assertThat(fixture.put(claimed, random(4))).isEqualTo(new UploadOutcome.AlreadyClaimed());
    assertThat(fixture.put(erased, random(4))).isEqualTo(new UploadOutcome.Unknown());
    fixture.clock.advance(SETTINGS.unusedAfter());
    assertThat(fixture.put(expired, random(4))).isEqualTo(new UploadOutcome.Unknown());
    assertThat(fixture.read(claimed.id())).isEqualTo(random(3));
  }

  @Test
  void anArtifactErasedDuringItsUploadStaysErased() throws Exception {
    UploadGrant grant = fixture.open(ArtifactKind.STDIN);
    var more = new CompletableFuture<ByteString>();
    Source<ByteString, ?> body = inPieces(random(2 * CHUNK)).concat(Source.completionStage(more));

    CompletionStage<UploadOutcome> outcome =
        fixture.store.upload(grant.id(), grant.capability(), OptionalLong.empty(), body);
    await().until(() -> fixture.count("artifact_chunk") > 0);
    result(fixture.store.erase(grant.id()));
    more.complete(ByteString.fromArray(random(2 * CHUNK)));

    assertThat(result(outcome)).isEqualTo(new UploadOutcome.Unknown());
    assertThat(fixture.count("artifact_chunk")).isZero();
    assertThat(fixture.count("artifact_attempt")).isZero();
  }

  @Test
  void moreUploadsThanAllowedAreDrainedAndToldToComeAgain() throws Exception {
    UploadGrant grant = fixture.open(ArtifactKind.STDIN);
    var rest = new CompletableFuture<ByteString>();
    List<CompletionStage<UploadOutcome>> running = new ArrayList<>();
    for (int i = 0; i < SETTINGS.maxUploads(); i++) {
      running.add(
          fixture.store.upload(
              grant.id(), grant.capability(), OptionalLong.empty(), Source.completionStage(rest)));
    }
    var body = new CountedBody(CHUNK);

    assertThat(fixture.put(grant, OptionalLong.of(CHUNK), body.source()))
        .isEqualTo(new UploadOutcome.Busy());
    assertThat(body.taken()).isEqualTo(CHUNK);

    rest.complete(ByteString.fromArray(random(12)));
    for (var each : running) {
      assertThat(result(each)).isEqualTo(new UploadOutcome.Stored(12));
    }
    assertThat(fixture.put(grant, random(13))).isEqualTo(new UploadOutcome.Stored(13));
    assertThat(fixture.count("artifact_attempt")).isEqualTo(1);
  }

  @Test
  void aRequesterHasSoManyUploadsOpenAtOnce() throws Exception {
    for (int i = 0; i < SETTINGS.maxOpenPerRequester(); i++) {
      fixture.stored(ArtifactKind.STDIN, random(i));
    }

    assertRefused(Refusal.Reason.FAILED_PRECONDITION, () -> fixture.open(ArtifactKind.PROGRAM));
    assertThat(result(fixture.store.open(BOB, ArtifactKind.STDIN))).isNotNull();
    fixture.clock.advance(SETTINGS.unusedAfter().plus(Duration.ofSeconds(1)));
    assertThat(fixture.open(ArtifactKind.PROGRAM)).isNotNull();
  }

  @Test
  void aFullStoreRefusesUploadsWithASentence() throws Exception {
    var small =
        new ArtifactSettings(
            MAX_SIZE,
            MAX_SIZE,
            4,
            10,
            SETTINGS.unusedAfter(),
            SETTINGS.keepEnded(),
            SETTINGS.cleanEvery(),
            SETTINGS.keySource(),
            SETTINGS.keyFile());
    ArtifactStore store = fixture.store(small);
    UploadGrant first = result(store.open(ALICE, ArtifactKind.STDIN));
    UploadGrant second = result(store.open(ALICE, ArtifactKind.STDIN));
    fixture.put(first, random(MAX_SIZE - CHUNK));

    assertThat(put(store, second, OptionalLong.of(2 * CHUNK), random(2 * CHUNK)))
        .isInstanceOf(UploadOutcome.NoSpace.class);
    fixture.put(second, random(2 * CHUNK));
    assertThat(put(store, second, OptionalLong.empty(), random(1)))
        .isInstanceOf(UploadOutcome.NoSpace.class);
    assertRefused(
        Refusal.Reason.FAILED_PRECONDITION, () -> result(store.open(ALICE, ArtifactKind.STDIN)));
  }

  private static UploadOutcome put(
      ArtifactStore store, UploadGrant grant, OptionalLong size, byte[] body) throws Exception {
    return result(store.upload(grant.id(), grant.capability(), size, inPieces(body)));
  }

  private static void assertRefused(Refusal.Reason reason, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            Refusal.class, refusal -> assertThat(refusal.reason()).isEqualTo(reason));
  }

  private static Digest sha256(byte[] body) throws Exception {
    return Digest.of(MessageDigest.getInstance("SHA-256").digest(body));
  }

  /** Counts what is taken of it. */
  private static final class CountedBody {
    private final AtomicLong taken = new AtomicLong();
    private final byte[] body;

    CountedBody(int size) {
      body = ArtifactFixture.random(size);
    }

    Source<ByteString, ?> source() {
      return inPieces(body).map(piece -> count(piece));
    }

    long taken() {
      return taken.get();
    }

    private ByteString count(ByteString piece) {
      taken.addAndGet(piece.size());
      return piece;
    }
  }
}
