package org.privateproving.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Runs .ci/run on a launcher that only pretends, with all tools at hand. */
@DisabledOnOs(OS.WINDOWS)
class CiRunTest {
  @TempDir Path folder;

  @Test
  void runsTheTestsShowsTheClosingLinesAndEndsWithTheirStatus() throws Exception {
    String maven =
        """
        echo "arguments: $*, CI: $CI"
        if read -r line; then echo "stdin is open"; fi
        echo "[INFO] Tests run: 2, Failures: 0, Errors: 0, Skipped: 0, Time elapsed: 1 s -- in SomeTest"
        echo "[ERROR] Tests run: 9, Failures: 1, Errors: 0, Skipped: 0"
        echo "[INFO] BUILD FAILURE"
        exit 3
        """;
    script(folder.resolve("private-proving"), maven);
    Path run = folder.resolve(".ci/run");
    Files.createDirectories(run.getParent());
    Files.copy(Path.of(".ci/run"), run);
    executable(run);
    for (String tool : new String[] {"javac", "mvn", "cc", "unshare"}) {
      script(folder.resolve("tools").resolve(tool), "echo javac 25.0.3");
    }

    ProcessBuilder builder = new ProcessBuilder("sh", "-c", "exec .ci/run <&-");
    builder.directory(folder.toFile()).redirectErrorStream(true);
    builder
        .environment()
        .merge("PATH", folder.resolve("tools").toString(), (old, add) -> add + ":" + old);
    builder.environment().remove("CI");
    Process process = builder.start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor()).isEqualTo(3);
    assertThat(out)
        .startsWith("arguments: test -Pcpu-proof, CI: true\n")
        .doesNotContain("stdin is open")
        .endsWith(
            """
            --- ./private-proving test -Pcpu-proof: status 3
            [ERROR] Tests run: 9, Failures: 1, Errors: 0, Skipped: 0
            [INFO] BUILD FAILURE
            """);
  }

  private static void script(Path file, String lines) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\n" + lines);
    executable(file);
  }

  private static void executable(Path file) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
