package org.privateproving.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.privateproving.artifact.ArtifactFixture.ALICE;
import static org.privateproving.artifact.ArtifactFixture.CHUNK;
import static org.privateproving.artifact.ArtifactFixture.SETTINGS;
import static org.privateproving.artifact.ArtifactFixture.random;
import static org.privateproving.artifact.ArtifactFixture.result;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.privateproving.artifact.ArtifactCleaner.Cleaned;

class ArtifactCleanerTest {
  private static final Duration MOMENT = Duration.ofSeconds(1);

  @RegisterExtension static final ArtifactFixture fixture = new ArtifactFixture();

  @Test
  void anUploadThatNobodyUsedIsErasedOnceItExpires() throws Exception {
    ArtifactId unused = fixture.stored(ArtifactKind.STDIN, random(2 * CHUNK));
    fixture.open(ArtifactKind.STDIN);

    fixture.clock.advance(SETTINGS.unusedAfter());
    assertThat(clean().nothing()).isTrue();
    fixture.clock.advance(MOMENT);
    assertThat(clean()).isEqualTo(new Cleaned(2, 0, 0));

    assertThat(fixture.count("artifact_chunk")).isZero();
    assertThat(fixture.count("artifact_attempt")).isZero();
    assertThat(result(fixture.store.find(unused)).orElseThrow().complete()).isFalse();
    assertThat(clean().nothing()).isTrue();
  }

  @Test
  void whatIsClaimedStaysHoweverOldItIs() throws Exception {
    ArtifactId stdin = fixture.stored(ArtifactKind.STDIN, random(9));
    result(fixture.store.claim(stdin, ALICE, ArtifactKind.STDIN, "request"));
    ArtifactInfo proof =
        result(
            ArtifactFixture.inPieces(random(8))
                .runWith(fixture.store.storeProof(ALICE, "request", 8), fixture.materializer));

    fixture.clock.advance(Duration.ofDays(1_000));

    assertThat(clean().nothing()).isTrue();
    assertThat(fixture.read(stdin)).isEqualTo(random(9));
    assertThat(fixture.read(proof.id())).isEqualTo(random(8));
  }

  @Test
  void whatACrashLeftOfAnUploadIsDeletedButNotOneThatStillMoves() throws Exception {
    ArtifactId stdin = fixture.stored(ArtifactKind.STDIN, random(9));
    result(fixture.store.claim(stdin, ALICE, ArtifactKind.STDIN, "request"));
    ArtifactId open = fixture.open(ArtifactKind.STDIN).id();
    long dead = beginUpload(open);
    long alive = beginUpload(open);

    fixture.clock.advance(Duration.ofMinutes(59));
    assertThat(clean().nothing()).isTrue();
    append(alive, 1);
    fixture.clock.advance(Duration.ofMinutes(2));

    assertThat(clean()).isEqualTo(new Cleaned(0, 1, 0));
    assertThat(fixture.count("artifact_chunk WHERE attempt = " + dead)).isZero();
    assertThat(fixture.count("artifact_chunk WHERE attempt = " + alive)).isEqualTo(2);
    assertThat(fixture.read(stdin)).isEqualTo(random(9));
  }

  @Test
  void erasedArtifactsAreForgottenAfterAWhile() throws Exception {
    ArtifactId stdin = fixture.stored(ArtifactKind.STDIN, random(9));
    result(fixture.store.claim(stdin, ALICE, ArtifactKind.STDIN, "request"));
    result(fixture.store.erase(stdin));

    fixture.clock.advance(SETTINGS.keepEnded());
    assertThat(clean().nothing()).isTrue();
    fixture.clock.advance(MOMENT);

    assertThat(clean()).isEqualTo(new Cleaned(0, 0, 1));
    assertThat(result(fixture.store.find(stdin))).isEmpty();
  }

  private static Cleaned clean() throws Exception {
    return result(fixture.cleaner().clean(fixture.clock.instant()));
  }

  private static long beginUpload(ArtifactId id) throws Exception {
    long attempt =
        fixture.database.transactBlocking(c -> ChunkTable.begin(c, id, fixture.clock.instant()));
    append(attempt, 0);
    return attempt;
  }

  private static void append(long attempt, int number) throws Exception {
    fixture.database.transactBlocking(
        c -> ChunkTable.append(c, attempt, number, new byte[10], fixture.clock.instant()));
  }
}
