package org.privateproving.artifact;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.privateproving.artifact.ArtifactFixture.CHUNK;

import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.privateproving.artifact.ArtifactStore.UploadGrant;
import org.privateproving.database.TestPostgres;

class ArtifactSecrecyTest {
  private static final String MARKER = "only-the-enclave-may-see-this-";

  @Test
  void neitherContentNorCapabilityReachesTheDatabaseItsDiskOrItsLogs() throws Exception {
    try (var fixture = new ArtifactFixture()) {
      byte[] body = MARKER.repeat(3 * CHUNK / MARKER.length()).getBytes(US_ASCII);
      UploadGrant grant = fixture.open(ArtifactKind.STDIN);
      fixture.put(grant, body);
      fixture.put(grant, body);
      assertThat(fixture.read(grant.id())).isEqualTo(body);
      // What the search must find, or it proves nothing.
      fixture.execute("CREATE TABLE control (word TEXT)");
      fixture.execute("INSERT INTO control VALUES ('this-is-to-be-found')");
      fixture.database.transactBlocking(c -> c.createStatement().execute("CHECKPOINT"));

      assertThat(Tables.contain(fixture.database, MARKER.getBytes(US_ASCII))).isFalse();
      assertThat(Tables.contain(fixture.database, grant.capability().getBytes(US_ASCII))).isFalse();
      assertThat(filesWith("this-is-to-be-found")).isNotEmpty();
      assertThat(filesWith(MARKER)).isEmpty();
      assertThat(filesWith(grant.capability())).isEmpty();
    }
  }

  /** Files of the server, its write-ahead log and its logs included, that hold this text. */
  private static List<Path> filesWith(String text) throws Exception {
    List<Path> found = new ArrayList<>();
    for (Path folder : List.of(TestPostgres.dataFolder(), TestPostgres.logFolder())) {
      try (var files = Files.walk(folder)) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          if (contains(file, text)) {
            found.add(file);
          }
        }
      }
    }
    return found;
  }

  private static boolean contains(Path file, String text) throws Exception {
    try (var in = Files.newInputStream(file)) {
      byte[] window = new byte[CHUNK + text.length()];
      int kept = 0;
      for (int count = in.read(window, 0, CHUNK); count > 0; count = in.read(window, kept, CHUNK)) {
        int length = kept + count;
        if (new String(window, 0, length, ISO_8859_1).contains(text)) {
          return true;
        }
        kept = Math.min(text.length(), length);
        byte[] tail = Arrays.copyOfRange(window, length - kept, length);
        System.arraycopy(tail, 0, window, 0, kept);
      }
      return false;
    } catch (NoSuchFileException e) {
      // The server tidied it away meanwhile.
      return false;
    }
  }
}
