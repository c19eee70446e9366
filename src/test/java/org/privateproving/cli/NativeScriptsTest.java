package org.privateproving.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Runs native/build and native/test in checkouts of their own, with a cargo that only pretends. */
@EnabledOnOs(OS.LINUX)
class NativeScriptsTest {
  private static final List<String> PRODUCTS =
      List.of(
          "libprivate_proving_bridge.so",
          "private-proving-client",
          "private-proving-network-double");

  @TempDir Path folder;
  private Path target = Path.of("");
  private Path checkout = Path.of("");

  private record Run(int status, String out) {
    List<String> lines() {
      return out.lines().toList();
    }
  }

  @BeforeEach
  void prepare() throws IOException {
    folder = folder.toRealPath();
    target = folder.resolve("target of all");
    Files.createDirectories(target.resolve("release/deps"));
    for (String product : PRODUCTS) {
      Files.writeString(target.resolve("release").resolve(product), product);
    }
    checkout = checkout("one");
    cargo("");
  }

  @Test
  void copiesWhatIsBuilt() throws Exception {
    Run run = run(checkout, "build");

    assertThat(run.status()).as(run.out()).isZero();
    assertThat(calls()).contains("build --release --locked");
    for (String product : PRODUCTS) {
      assertThat(checkout.resolve("target/native").resolve(product)).hasContent(product);
    }
  }

  @Test
  void saysHowLongItTakesOnlyWhileSp1IsNotCompiled() throws Exception {
    assertThat(run(checkout, "build").out())
        .contains("native/build: SP1 is not yet compiled in " + target + ".")
        .contains("about 20 minutes");

    Files.createFile(target.resolve("release/deps/libsp1_sdk-0123abcd.rlib"));

    assertThat(run(checkout, "build").lines())
        .singleElement()
        .asString()
        .matches("native/build: .*/target/native is up to date \\(\\d+ s\\)\\.");
  }

  @Test
  void showsWhyCargoFailed() throws Exception {
    cargo("echo 'error: nonsense'; exit 101");
    Run run = run(checkout, "build");

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.out()).contains("error: nonsense").contains("native/build: cargo failed");
    assertThat(checkout.resolve("target/native")).isEmptyDirectory();
  }

  @Test
  void saysThatItWaitsWhereCargoDoes() throws Exception {
    Path go = folder.resolve("go");
    cargo(
        "echo '    Blocking waiting for file lock on build directory'; until [ -e "
            + go
            + " ]; do sleep 0.1; done; echo '   Compiling it'");
    Process build = start(checkout, "build");
    awaitLine("build", "another build is at work in " + target + "; this one waits for it.");
    Files.createFile(go);

    assertThat(build.waitFor()).isZero();
    assertThat(said("build").split("this one waits for it", -1)).hasSize(2);
  }

  @Test
  void waitsForABuildOfAnotherCheckout() throws Exception {
    Path go = folder.resolve("go");
    cargo("until [ -e " + go + " ]; do sleep 0.1; done");
    Process test = start(checkout("two"), "test");
    Awaitility.await("the first is at work").until(() -> calls().contains("test --release"));
    Process build = start(checkout, "build");
    awaitLine("build", "another build is at work");
    assertThat(calls()).doesNotContain("build --release");
    Files.createFile(go);

    assertThat(test.waitFor()).isZero();
    assertThat(build.waitFor()).isZero();
  }

  @Test
  void takesNothingForItsOwnThatAnotherCheckoutCompiledOfOtherSources() throws Exception {
    String clean = "clean --release --locked --quiet -p private-proving-client\n";
    Path other = checkout("two");
    assertThat(callsOf(() -> run(checkout, "build"))).doesNotContain("clean");
    assertThat(callsOf(() -> run(other, "test"))).doesNotContain("clean");
    Files.writeString(other.resolve("native/client/src/main.rs"), "// another client");
    assertThat(callsOf(() -> run(other, "build"))).startsWith(clean);
    assertThat(callsOf(() -> run(checkout, "test"))).startsWith(clean);
    assertThat(callsOf(() -> run(checkout, "build"))).doesNotContain("clean");
  }

  @Test
  void printsWhatTheTestsOfEachCrateCameTo() throws Exception {
    cargo(
        """
        echo '     Running unittests src/lib.rs (/t/release/deps/private_proving_bridge-c0ffee12)'
        echo 'test buffer::tests::it_is_empty ... ok'
        echo 'test result: ok. 14 passed; 0 failed; finished in 0.10s'
        echo '     Running unittests src/main.rs (/t/release/deps/private_proving_client-12ab)'
        echo 'test result: ok. 9 passed; 0 failed; finished in 0.00s'
        """);
    Run run = run(checkout, "test", "a b");

    assertThat(run.status()).isZero();
    assertThat(calls())
        .contains(
            "test --release --locked --workspace --exclude private-proving-sp1 --no-fail-fast a b");
    assertThat(run.out())
        .contains(
            """
            native/test: private-proving-bridge: test result: ok. 14 passed; 0 failed; finished in 0.10s
            native/test: private-proving-client: test result: ok. 9 passed; 0 failed; finished in 0.00s
            native/test: all passed (""");
  }

  @Test
  void failsWithTheTests() throws Exception {
    cargo(
        """
        echo '     Running unittests src/main.rs (/t/release/deps/private_proving_client-12ab)'
        echo "thread 'input::tests::reads' panicked at src/input.rs:80:9"
        echo 'test result: FAILED. 8 passed; 1 failed'
        exit 101
        """);
    Run run = run(checkout, "test");

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.out())
        .contains("native/test: private-proving-client: test result: FAILED. 8 passed; 1 failed")
        .contains("thread 'input::tests::reads' panicked")
        .endsWith("native/test: tests failed, or did not compile; the lines above say which.\n");
  }

  private Path checkout(String name) throws IOException {
    Path root = folder.resolve(name);
    Files.createDirectories(root.resolve("native"));
    for (String script : List.of("build", "test", "cargo.bash")) {
      Files.copy(Path.of("native", script), root.resolve("native").resolve(script));
    }
    for (String source : List.of("sp1/Cargo.toml", "client/Cargo.toml", "client/src/main.rs")) {
      Path file = root.resolve("native").resolve(source);
      Files.createDirectories(file.getParent());
      Files.writeString(file, source);
    }
    return root;
  }

  /** A cargo that writes its arguments down, and builds and tests as told. */
  private void cargo(String lines) throws IOException {
    Path cargo = folder.resolve("tools/cargo");
    Files.createDirectories(cargo.getParent());
    Files.writeString(
        cargo,
        "#!/bin/sh\necho \"$*\" >>'%s'\n[ \"$1\" != clean ] || exit 0\n%s\n"
            .formatted(folder.resolve("calls"), lines));
    Files.setPosixFilePermissions(cargo, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private String calls() throws IOException {
    Path calls = folder.resolve("calls");
    return Files.exists(calls) ? Files.readString(calls) : "";
  }

  @FunctionalInterface
  private interface Doing {
    Run run() throws Exception;
  }

  private String callsOf(Doing doing) throws Exception {
    Files.deleteIfExists(folder.resolve("calls"));
    Run run = doing.run();
    assertThat(run.status()).as(run.out()).isZero();
    return calls();
  }

  private Run run(Path root, String script, String... arguments) throws Exception {
    Process process = start(root, script, arguments);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).as("%s ends", script).isTrue();
    return new Run(process.exitValue(), said(script));
  }

  private Process start(Path root, String script, String... arguments) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(root.resolve("native").resolve(script).toString());
    builder.command().addAll(List.of(arguments));
    builder.redirectErrorStream(true).redirectOutput(folder.resolve(script + ".out").toFile());
    builder.environment().put("PRIVATE_PROVING_CARGO_TARGET", target.toString());
    builder.environment().put("PROTOC", "/bin/true");
    builder
        .environment()
        .merge("PATH", folder.resolve("tools").toString(), (old, add) -> add + ":" + old);
    Process process = builder.start();
    process.getOutputStream().close();
    return process;
  }

  private String said(String script) throws IOException {
    return Files.readString(folder.resolve(script + ".out"), StandardCharsets.UTF_8);
  }

  private void awaitLine(String script, String text) {
    Awaitility.await(script + " says: " + text).until(() -> said(script).contains(text));
  }
}
