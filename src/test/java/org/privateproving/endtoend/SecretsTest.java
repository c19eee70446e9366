package org.privateproving.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretsTest {
  @TempDir Path folder;

  @Test
  void findsFilesAtEveryDepthAndAFileThatIsNamed() throws Exception {
    Path deep = Files.createDirectories(folder.resolve("a/b/c")).resolve("deep");
    Files.writeString(deep, "x");
    Path shallow = Files.writeString(folder.resolve("shallow"), "x");

    assertThat(Secrets.files(folder)).containsExactlyInAnyOrder(deep, shallow);
    assertThat(Secrets.files(shallow)).containsExactly(shallow);
  }

  @Test
  void whatVanishedIsFine() throws Exception {
    assertThat(Secrets.files(folder.resolve("gone"))).isEmpty();
    assertThat(new Secrets().add("a secret", "secret").in(folder.resolve("gone"))).isEmpty();
  }

  @Test
  void aFolderThatCannotBeLookedIntoFails() throws Exception {
    // Of all the reasons why one cannot, the one that holds for root, too: its path is too long.
    String name = "n".repeat(250);
    run("for i in $(seq 20); do mkdir " + name + " && cd -P " + name + " || exit 1; done");
    try {
      assertThatThrownBy(() -> Secrets.files(folder))
          .isInstanceOf(FileSystemException.class)
          .isNotInstanceOf(NoSuchFileException.class);
    } finally {
      run("rm -r " + name);
    }
  }

  private void run(String commands) throws Exception {
    Process shell =
        new ProcessBuilder("bash", "-c", commands).directory(folder.toFile()).inheritIO().start();
    assertThat(shell.waitFor()).isZero();
  }
}
