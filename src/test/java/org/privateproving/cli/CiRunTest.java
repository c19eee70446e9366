package org.privateproving.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs .ci/run on a launcher that only pretends, with all tools at hand. */
@DisabledOnOs(OS.WINDOWS)
class CiRunTest {
  private static final String REPORT =
      "target/failsafe-reports/TEST-org.privateproving.endtoend.CpuProofIT.xml";

  @TempDir Path folder;

  private record Run(int status, String out) {}

  @BeforeEach
  void copy() throws IOException {
    Path run = folder.resolve(".ci/run");
    Files.createDirectories(run.getParent());
    Files.copy(Path.of(".ci/run"), run);
    executable(run);
    for (String tool : new String[] {"javac", "mvn", "cc", "unshare"}) {
      script(folder.resolve("tools").resolve(tool), "echo javac 25.0.3");
    }
  }

  @Test
  void runsTheTestsShowsTheClosingLinesAndEndsWithTheirStatus() throws Exception {
    Run run =
        run(
            """
            echo "arguments: $*, CI: $CI"
            if read -r line; then echo "stdin is open"; fi
            echo "native/test: private-proving-client: test result: ok. 9 passed; 0 failed"
            echo "[INFO] Tests run: 2, Failures: 0, Errors: 0, Skipped: 0, Time elapsed: 1 s -- in SomeTest"
            echo "[ERROR] Tests run: 9, Failures: 1, Errors: 0, Skipped: 0"
            echo "[INFO] BUILD FAILURE"
            exit 3
            """);

    assertThat(run.status()).isEqualTo(3);
    assertThat(run.out())
        .startsWith("arguments: test -Pcpu-proof, CI: true\n")
        .doesNotContain("stdin is open")
        .endsWith(
            """
            --- ./private-proving test -Pcpu-proof: status 3
            native/test: private-proving-client: test result: ok. 9 passed; 0 failed
            [ERROR] Tests run: 9, Failures: 1, Errors: 0, Skipped: 0
            [INFO] BUILD FAILURE
            """);
  }

  @Test
  void isGreenWhenTheRealProofWasMade() throws Exception {
    Run run = run(reporting("tests=\"1\" errors=\"0\" skipped=\"0\" failures=\"0\""));

    assertThat(run.status()).as(run.out()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tests=\"0\" errors=\"0\" skipped=\"0\" failures=\"0\"",
        "tests=\"1\" errors=\"0\" skipped=\"1\" failures=\"0\"",
        "tests=\"1\" errors=\"1\" skipped=\"0\" failures=\"0\"",
        "tests=\"11\" errors=\"0\" skipped=\"0\" failures=\"1\""
      })
  void isRedWhenTheReportOfTheRealProofSaysAnythingElse(String counts) throws Exception {
    Run run = run(reporting(counts));

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.out()).contains("The real proof on the CPU did not run: " + REPORT);
  }

  @Test
  void isRedWhenTheReportIsOfAnEarlierRun() throws Exception {
    Path report = folder.resolve(REPORT);
    Files.createDirectories(report.getParent());
    Files.writeString(report, "<testsuite tests=\"1\" errors=\"0\" skipped=\"0\" failures=\"0\">");

    assertThat(run("exit 0").status()).isEqualTo(1);
  }

  /** A launcher whose tests all pass, and that leaves this report, laid out as failsafe does. */
  private static String reporting(String counts) {
    return """
    mkdir -p target/failsafe-reports
    cat > %s <<'END'
    <?xml version="1.0" encoding="UTF-8"?>
    <testsuite xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" version="3.0.2" name="org.privateproving.endtoend.CpuProofIT" time="1.5" %s>
      <testcase name="shouldProveOnTheCpuWhatTheSdkVerifies" time="1.5"/>
    </testsuite>
    END
    """
        .formatted(REPORT, counts);
  }

  private Run run(String launcher) throws Exception {
    script(folder.resolve("private-proving"), launcher);
    ProcessBuilder builder = new ProcessBuilder("sh", "-c", "exec .ci/run <&-");
    builder.directory(folder.toFile()).redirectErrorStream(true);
    builder
        .environment()
        .merge("PATH", folder.resolve("tools").toString(), (old, add) -> add + ":" + old);
    builder.environment().remove("CI");
    Process process = builder.start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Run(process.waitFor(), out);
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
