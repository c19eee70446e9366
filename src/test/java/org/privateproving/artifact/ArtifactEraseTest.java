package org.privateproving.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.privateproving.artifact.ArtifactFixture.ALICE;
import static org.privateproving.artifact.ArtifactFixture.CHUNK;
import static org.privateproving.artifact.ArtifactFixture.random;
import static org.privateproving.artifact.ArtifactFixture.result;

import java.util.Arrays;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.privateproving.domain.Refusal;

class ArtifactEraseTest {
  @RegisterExtension static final ArtifactFixture fixture = new ArtifactFixture();

  @Test
  void keyDigestAndCiphertextAreGoneFromEveryColumn() throws Exception {
    ArtifactId kept = fixture.stored(ArtifactKind.STDIN, random(20));
    ArtifactId id = fixture.stored(ArtifactKind.STDIN, random(2 * CHUNK));
    result(fixture.store.claim(id, ALICE, ArtifactKind.STDIN, "request"));
    ArtifactRow.Content content = row(id).content().orElseThrow();
    byte[] chunk =
        fixture
            .database
            .transactBlocking(c -> ChunkTable.read(c, content.attempt(), 1))
            .orElseThrow();
    byte[] ciphertext = Arrays.copyOf(chunk, 32);
    assertThat(Tables.contain(fixture.database, content.wrappedKey())).isTrue();
    assertThat(Tables.contain(fixture.database, ciphertext)).isTrue();

    result(fixture.store.erase(id));
    result(fixture.store.erase(id));

    assertThat(Tables.contain(fixture.database, content.wrappedKey())).isFalse();
    assertThat(Tables.contain(fixture.database, ciphertext)).isFalse();
    assertThat(Tables.contain(fixture.database, content.sha256().bytes())).isFalse();
    assertThatThrownBy(() -> fixture.read(id)).isInstanceOf(Refusal.class);
    assertThat(fixture.read(kept)).isEqualTo(random(20));

    ArtifactInfo info = result(fixture.store.find(id)).orElseThrow();
    assertThat(info.complete()).isFalse();
    assertThat(info.size()).isEqualTo(2 * CHUNK);
    assertThat(info.claimedBy()).contains("request");
    assertThat(fixture.count("artifact WHERE erased_at IS NOT NULL")).isEqualTo(1);
  }

  @Test
  void erasingWhatNeverWasIsFine() throws Exception {
    result(fixture.store.erase(new ArtifactId(new UUID(3, 4))));
  }

  private static ArtifactRow row(ArtifactId id) throws Exception {
    return fixture.database.transactBlocking(c -> ArtifactTable.find(c, id)).orElseThrow();
  }
}
