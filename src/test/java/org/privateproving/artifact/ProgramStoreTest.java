package org.privateproving.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.privateproving.artifact.ArtifactFixture.ALICE;
import static org.privateproving.artifact.ArtifactFixture.BOB;
import static org.privateproving.artifact.ArtifactFixture.CHUNK;
import static org.privateproving.artifact.ArtifactFixture.SETTINGS;
import static org.privateproving.artifact.ArtifactFixture.inPieces;
import static org.privateproving.artifact.ArtifactFixture.random;
import static org.privateproving.artifact.ArtifactFixture.result;

import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.privateproving.domain.Address;
import org.privateproving.domain.Refusal;
import org.privateproving.domain.Refusal.Reason;

class ProgramStoreTest {
  private static final ArtifactId ID = new ArtifactId(new UUID(7, 8));
  private static final String USER = "program:one";
  private static final byte[] PROGRAM = random(2 * CHUNK + 3);

  private static ArtifactFixture fixture;

  @BeforeAll
  static void start() {
    fixture = new ArtifactFixture();
  }

  @AfterAll
  static void stop() throws Exception {
    fixture.close();
  }

  @BeforeEach
  void empty() throws Exception {
    fixture.execute("DELETE FROM artifact");
  }

  @Test
  void isStoredUnderItsIdAndClaimed() throws Exception {
    ArtifactInfo info = store(PROGRAM);

    assertThat(info.id()).isEqualTo(ID);
    assertThat(info.kind()).isEqualTo(ArtifactKind.PROGRAM);
    assertThat(info.owner()).isEqualTo(ALICE);
    assertThat(info.complete()).isTrue();
    assertThat(info.size()).isEqualTo(PROGRAM.length);
    assertThat(info.claimedBy()).contains(USER);
    assertThat(result(fixture.store.find(ID))).contains(info);
    assertThat(fixture.read(ID)).isEqualTo(PROGRAM);
  }

  @Test
  void isNotThereBeforeItIsComplete() throws Exception {
    var rest = new CompletableFuture<byte[]>();
    var storing = start(inPieces(random(2 * CHUNK)).concatLazy(later(rest)));
    await().until(() -> fixture.count("artifact_chunk") > 0);

    assertThat(result(fixture.store.find(ID)).orElseThrow().complete()).isFalse();
    assertThatThrownBy(() -> fixture.read(ID))
        .isInstanceOfSatisfying(
            Refusal.class, refusal -> assertThat(refusal.reason()).isEqualTo(Reason.NOT_FOUND));

    rest.complete(random(3));
    assertThat(result(storing).size()).isEqualTo(2 * CHUNK + 3);
  }

  @Test
  void theFirstStaysAndNoMoreIsRead() throws Exception {
    ArtifactInfo first = store(PROGRAM);
    var running =
        Source.<ByteString>maybe()
            .watchTermination(Keep.right())
            .toMat(fixture.store.storeProgram(ID, ALICE, USER, 10), Keep.both())
            .run(fixture.materializer);

    assertThat(result(running.second())).isEqualTo(first);
    assertThat(result(running.first())).isEqualTo(Done.getInstance());
    assertThat(fixture.read(ID)).isEqualTo(PROGRAM);
    assertThat(fixture.count("artifact_attempt")).isEqualTo(1);
  }

  @Test
  void ofTwoAtOnceTheFirstToEndCounts() throws Exception {
    var second = new CompletableFuture<byte[]>();
    var slow = start(later(second));
    ArtifactInfo first = store(PROGRAM);
    second.complete(random(CHUNK));

    assertThat(result(slow)).isEqualTo(first);
    assertThat(fixture.read(ID)).isEqualTo(PROGRAM);
    assertThat(fixture.count("artifact_attempt")).isEqualTo(1);
    assertThat(fixture.count("artifact_chunk WHERE attempt <> (SELECT attempt FROM artifact)"))
        .isZero();
  }

  @Test
  void whatBrokeOffLeavesNothingAndIsStoredAgain() throws Exception {
    var broken = inPieces(random(2 * CHUNK)).concatLazy(ArtifactFixture.breaksOff());
    assertThatThrownBy(() -> result(start(broken))).hasMessageContaining("broke off");
    assertThat(fixture.count("artifact_attempt")).isZero();

    assertThat(store(PROGRAM).complete()).isTrue();
    assertThat(fixture.read(ID)).isEqualTo(PROGRAM);
  }

  @Test
  void theCleanerLeavesItTimeToBeStoredAgain() throws Exception {
    var broken = inPieces(random(5)).concatLazy(ArtifactFixture.breaksOff());
    assertThatThrownBy(() -> result(start(broken))).hasMessageContaining("broke off");

    var later = fixture.clock.instant().plus(SETTINGS.unusedAfter()).plus(Duration.ofDays(1));
    result(fixture.cleaner().clean(later));

    assertThat(store(PROGRAM).complete()).isTrue();
  }

  @Test
  void whatIsTooLargeLeavesNothing() throws Exception {
    assertThatThrownBy(() -> result(start(ALICE, USER, PROGRAM.length - 1, inPieces(PROGRAM))))
        .hasMessageContaining("larger than " + (PROGRAM.length - 1));
    assertThat(fixture.count("artifact_attempt")).isZero();
  }

  @Test
  void takesNoMoreThanTheStoreHolds() throws Exception {
    int total = 3 * CHUNK;
    ArtifactStore small =
        fixture.store(
            new ArtifactSettings(
                total,
                total,
                SETTINGS.maxUploads(),
                SETTINGS.maxOpenPerRequester(),
                SETTINGS.unusedAfter(),
                SETTINGS.keepEnded(),
                SETTINGS.cleanEvery(),
                SETTINGS.keySource(),
                SETTINGS.keyFile()));
    fixture.stored(ArtifactKind.STDIN, random(3 * CHUNK));

    assertRefused(
        Reason.TRY_AGAIN,
        inPieces(PROGRAM)
            .runWith(small.storeProgram(ID, ALICE, USER, total), fixture.materializer));
    assertThat(fixture.count("artifact_attempt")).isEqualTo(1);
  }

  @Test
  void anErasedIdIsFinal() throws Exception {
    store(PROGRAM);
    result(fixture.store.erase(ID));

    assertRefused(Reason.FAILED_PRECONDITION, start(inPieces(PROGRAM)));
    assertThat(fixture.count("artifact_attempt")).isZero();
  }

  @Test
  void whatIsErasedWhileItComesIsNotKept() throws Exception {
    var rest = new CompletableFuture<byte[]>();
    var storing = start(later(rest));
    await().until(() -> fixture.count("artifact_attempt") > 0);
    result(fixture.store.erase(ID));
    rest.complete(PROGRAM);

    assertThatThrownBy(() -> result(storing)).hasMessageContaining("erased");
    assertThat(fixture.count("artifact_attempt")).isZero();
  }

  @Test
  void anotherOwnersOrUsersStaysTheirs() throws Exception {
    store(PROGRAM);

    assertRefused(Reason.NOT_ALLOWED, start(BOB, USER, 10, inPieces(random(5))));
    assertRefused(Reason.FAILED_PRECONDITION, start(ALICE, "program:two", 10, inPieces(random(5))));
    assertThat(fixture.read(ID)).isEqualTo(PROGRAM);
  }

  @Test
  void anotherKindOrAnUploadUnderWayIsNotTakenOver() throws Exception {
    for (ArtifactKind kind : new ArtifactKind[] {ArtifactKind.STDIN, ArtifactKind.PROGRAM}) {
      ArtifactId open = fixture.open(kind).id();
      assertRefused(
          Reason.FAILED_PRECONDITION,
          inPieces(PROGRAM)
              .runWith(
                  fixture.store.storeProgram(open, ALICE, USER, PROGRAM.length),
                  fixture.materializer));
    }
    assertThat(fixture.count("artifact WHERE claimed_by IS NOT NULL")).isZero();
  }

  private static Source<ByteString, ?> later(CompletionStage<byte[]> bytes) {
    return Source.completionStage(bytes).flatMapConcat(all -> inPieces(all));
  }

  private static void assertRefused(Reason reason, CompletionStage<?> stage) {
    assertThatThrownBy(() -> result(stage))
        .isInstanceOfSatisfying(
            Refusal.class, refusal -> assertThat(refusal.reason()).isEqualTo(reason));
  }

  private static ArtifactInfo store(byte[] program) throws Exception {
    return result(start(inPieces(program)));
  }

  private static CompletionStage<ArtifactInfo> start(Source<ByteString, ?> bytes) {
    return start(ALICE, USER, 10L * CHUNK, bytes);
  }

  private static CompletionStage<ArtifactInfo> start(
      Address owner, String user, long limit, Source<ByteString, ?> bytes) {
    return bytes.runWith(fixture.store.storeProgram(ID, owner, user, limit), fixture.materializer);
  }
}
