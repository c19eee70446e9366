package org.privateproving.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.privateproving.domain.InvalidSetting;

class ClusterKeyTest {
  private static final SecureRandom RANDOM = new SecureRandom();

  @TempDir Path folder;

  @Test
  void keysForTwoPurposesDifferAndOneForTheSameIsTheSame() {
    ClusterKey key = ClusterKey.inMemory(RANDOM);

    assertThat(key.derive("a"))
        .hasSize(32)
        .isEqualTo(key.derive("a"))
        .isNotEqualTo(key.derive("b"));
    assertThat(ClusterKey.inMemory(RANDOM).derive("a")).isNotEqualTo(key.derive("a"));
  }

  @Test
  void derivationNeverChanges() {
    // What is stored today must open with every later release.
    assertThat(HexFormat.of().formatHex(new HkdfClusterKey(new byte[32]).derive("artifact/wrap")))
        .isEqualTo("2c7a600b917e86734fd6caacb87acf33e5c6cdcb649490d28ebf55946561b852");
  }

  @Test
  void aMissingFileIsMadeForItsOwnerAloneAndReadAgain() throws Exception {
    Path file = folder.resolve("deep/cluster.key");

    ClusterKey made = ClusterKey.inFile(file, RANDOM);

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(ClusterKey.inFile(file, RANDOM).derive("a")).isEqualTo(made.derive("a"));
    try (var files = Files.list(file.getParent())) {
      assertThat(files).containsExactly(file);
    }
    assertThat(made.toString()).doesNotContain(Files.readString(file).strip());
  }

  @Test
  void processesThatStartTogetherShareOneKey() throws Exception {
    Path file = folder.resolve("cluster.key");
    Callable<String> node =
        () -> HexFormat.of().formatHex(ClusterKey.inFile(file, RANDOM).derive("a"));

    try (var threads = Executors.newFixedThreadPool(8)) {
      List<Callable<String>> nodes = IntStream.range(0, 8).mapToObj(_ -> node).toList();
      List<Future<String>> keys = threads.invokeAll(nodes);
      for (Future<String> key : keys) {
        assertThat(key.get()).isEqualTo(keys.getFirst().get());
      }
    }
  }

  @Test
  void aFileThatOthersCanReadIsRefused() throws Exception {
    Path file = folder.resolve("cluster.key");
    ClusterKey.inFile(file, RANDOM);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));

    assertThatThrownBy(() -> ClusterKey.inFile(file, RANDOM))
        .isInstanceOf(InvalidSetting.class)
        .hasMessageContaining("private-proving.artifacts.key-file")
        .hasMessageContaining("can be read by others");
  }

  @Test
  void aFileWithoutAKeyIsRefusedAndNotQuoted() throws Exception {
    Path file = folder.resolve("cluster.key");
    Files.writeString(file, "abcdefx");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));

    assertThatThrownBy(() -> ClusterKey.inFile(file, RANDOM))
        .isInstanceOf(InvalidSetting.class)
        .hasMessageContaining("holds no key (expected: 32 bytes in hexadecimal)")
        .hasMessageNotContaining("abcdefx");
  }
}
