package org.privateproving.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.privateproving.artifact.ArtifactFixture.CHUNK;
import static org.privateproving.artifact.ArtifactFixture.random;
import static org.privateproving.artifact.ArtifactFixture.result;

import java.security.SecureRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArtifactTamperingTest {
  @RegisterExtension static final ArtifactFixture fixture = new ArtifactFixture();

  private ArtifactId victim;
  private ArtifactId other;

  @BeforeEach
  void storeTwo() throws Exception {
    victim = fixture.stored(ArtifactKind.STDIN, random(3 * CHUNK));
    other = fixture.stored(ArtifactKind.STDIN, random(3 * CHUNK));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a byte of a chunk changed           | UPDATE artifact_chunk SET bytes = set_byte(bytes, 500000, get_byte(bytes, 500000) # 1) WHERE attempt = $V AND number = 1
          a chunk of another artifact         | UPDATE artifact_chunk SET bytes = (SELECT bytes FROM artifact_chunk WHERE attempt = $O AND number = 1) WHERE attempt = $V AND number = 1
          all chunks of another artifact      | UPDATE artifact SET attempt = $O WHERE attempt = $V
          key and chunks of another artifact  | UPDATE artifact SET attempt = $O, wrapped_key = (SELECT wrapped_key FROM artifact WHERE attempt = $O) WHERE attempt = $V
          chunks in another order             | UPDATE artifact_chunk SET bytes = (SELECT bytes FROM artifact_chunk WHERE attempt = $V AND number = 1) WHERE attempt = $V AND number = 2
          the last chunk missing              | DELETE FROM artifact_chunk WHERE attempt = $V AND number = (SELECT max(number) FROM artifact_chunk WHERE attempt = $V)
          a chunk in the middle missing       | DELETE FROM artifact_chunk WHERE attempt = $V AND number = 1
          all chunks missing                  | DELETE FROM artifact_chunk WHERE attempt = $V
          the last chunk shortened            | UPDATE artifact_chunk SET bytes = substring(bytes, 1, length(bytes) - 1) WHERE attempt = $V AND number = 3
          a chunk too many                    | INSERT INTO artifact_chunk SELECT attempt, 4, bytes FROM artifact_chunk WHERE attempt = $V AND number = 1
          another owner                       | UPDATE artifact SET owner = decode(repeat('bb', 20), 'hex') WHERE attempt = $V
          another kind                        | UPDATE artifact SET kind = 'PROOF' WHERE attempt = $V
          """)
  void whatWasTamperedWithDoesNotOpen(String what, String sql) throws Exception {
    String attempts = sql.replace("$V", attempt(victim)).replace("$O", attempt(other));

    assertThat(fixture.execute(attempts)).as(what).isPositive();

    assertThatThrownBy(() -> fixture.read(victim))
        .isInstanceOf(DamagedArtifactException.class)
        .hasMessageContaining(victim.toString());
  }

  @Test
  void nothingOpensUnderAnotherClusterKey() {
    ArtifactStore store =
        ArtifactStore.inPostgres(
            fixture.database,
            ClusterKey.inMemory(new SecureRandom()),
            ArtifactFixture.SETTINGS,
            fixture.clock,
            new SecureRandom(),
            fixture.materializer);

    assertThatThrownBy(() -> result(store.head(victim, 1)))
        .isInstanceOf(DamagedArtifactException.class);
  }

  private static String attempt(ArtifactId id) throws Exception {
    return fixture
        .database
        .transactBlocking(c -> ArtifactTable.find(c, id))
        .flatMap(ArtifactRow::content)
        .map(content -> String.valueOf(content.attempt()))
        .orElseThrow();
  }
}
