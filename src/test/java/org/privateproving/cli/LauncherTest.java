package org.privateproving.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Runs the launcher in a folder of its own, with a Java, a Maven and a Rust that only pretend. */
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {
  private static final Instant LONG_AGO = Instant.parse("2026-01-02T00:00:00Z");
  private static final String PRINT_ARGUMENTS = "for a in \"$@\"; do echo \"$a\"; done";

  private static final List<String> SYSTEM_TOOLS =
      List.of(
          "bash",
          "dirname",
          "find",
          "grep",
          "head",
          "mkdir",
          "mv",
          "readlink",
          "sed",
          "tail",
          "tee",
          "uname");

  @TempDir Path folder;
  private Path checkout = Path.of("");
  private Path tools = Path.of("");
  private final Map<String, String> environment = new TreeMap<>();

  private record Outcome(int status, String out, String err) {}

  @BeforeEach
  void prepare() throws IOException {
    folder = folder.toRealPath();
    checkout = Files.createDirectories(folder.resolve("check out"));
    tools = Files.createDirectories(folder.resolve("tools"));
    Files.copy(Path.of("private-proving"), checkout.resolve("private-proving"));
    executable(checkout.resolve("private-proving"));
    for (String source : List.of("pom.xml", "src/main/Some.java", "native/lib.rs")) {
      write(checkout.resolve(source), "");
    }
    // All that the script uses of the system, so that no Java of this machine is on PATH.
    for (String tool : SYSTEM_TOOLS) {
      offer(tool);
    }
    script(tools.resolve("cc"), "");
    script(tools.resolve("cargo"), "");
    script(
        tools.resolve("mvn"),
        "echo maven-output; mkdir -p target/lib; : >target/private-proving.jar");
    environment.put("PATH", tools.toString());
    environment.put("HOME", folder.toString());
    environment.put("PRIVATE_PROVING_JDK_FOLDERS", folder.resolve("jvm").toString());
  }

  @Test
  void saysThatItNeedsJava() throws Exception {
    Outcome outcome = launch("version");
    assertThat(outcome.status()).isNotZero();
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.err().lines())
        .singleElement()
        .asString()
        .startsWith("private-proving: needs JDK 25 and found none. Install one");
  }

  @Test
  void saysWhichJavaIsTheWrongOne() throws Exception {
    Path old = jdk("jdk-17", "17.0.9");
    environment.put("JAVA_HOME", old.toString());
    Outcome outcome = launch("version");
    assertThat(outcome.status()).isNotZero();
    assertThat(outcome.err().lines())
        .singleElement()
        .asString()
        .contains("needs JDK 25 and found none. JDK 17 is at " + old + ".");
  }

  @Test
  void prefersTheRightJavaElsewhereToAWrongJavaHome() throws Exception {
    environment.put("JAVA_HOME", jdk("jdk-26", "26").toString());
    jdk("jvm/temurin-25-jdk", "25.0.1");
    jar();
    assertThat(launch("version").out()).contains("temurin-25-jdk/bin/java");
  }

  @Test
  void findsTheJavaThatALinkOnPathLeadsTo() throws Exception {
    Path java = jdk("hidden", "25").resolve("bin/java");
    Files.createSymbolicLink(tools.resolve("java"), java);
    jar();
    assertThat(launch("version").out()).contains("hidden/bin/java");
  }

  @Test
  void passesArgumentsOnAsTheyAre() throws Exception {
    javaHome();
    jar();
    Outcome outcome = launch("up", "--set", "fulfiller.name=a b", "", "*");
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.status()).isZero();
    assertThat(outcome.out())
        .endsWith("-jar\n" + jarFile() + "\nup\n--set\nfulfiller.name=a b\n\n*\n");
  }

  @Test
  void keepsMemoryFromBeingWrittenOrShown() throws Exception {
    javaHome();
    jar();
    assertThat(launch("up").out().lines())
        .contains(
            "-XX:-CreateCoredumpOnCrash",
            "-XX:-HeapDumpOnOutOfMemoryError",
            "-XX:ErrorFile=/dev/null",
            "-XX:+DisableAttachMechanism",
            "core=0");
  }

  @Test
  void letsOptionsOfTheUserWin() throws Exception {
    javaHome();
    jar();
    environment.put("JAVA_OPTS", "-Xmx3g");
    environment.put("PRIVATE_PROVING_JAVA_OPTS", "-Xmx4g -Dx=y");
    assertThat(launch("up").out().lines())
        .containsSubsequence("-Xmx2g", "-Xmx3g", "-Xmx4g", "-Dx=y", "-jar");
  }

  @Test
  void worksThroughLinksFromAnywhere() throws Exception {
    javaHome();
    jar();
    Path bin = Files.createDirectories(folder.resolve("bin"));
    Files.createSymbolicLink(bin.resolve("one"), Path.of("../check out/private-proving"));
    Files.createSymbolicLink(bin.resolve("two"), bin.resolve("one"));
    assertThat(launch(bin.resolve("two"), "version").out()).contains(jarFile().toString());
  }

  @Test
  void returnsTheStatusOfTheProgram() throws Exception {
    javaHome();
    script(folder.resolve("jdk/bin/java"), "exit 7");
    jar();
    assertThat(launch("up").status()).isEqualTo(7);
  }

  @Test
  void isReplacedByTheProgramSoThatSignalsReachIt() throws Exception {
    javaHome();
    script(folder.resolve("jdk/bin/java"), "echo $$");
    jar();
    Process process = start(checkout.resolve("private-proving"), List.of("up"));
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(out.strip()).isEqualTo(Long.toString(process.pid()));
  }

  @Test
  void buildsWhatIsNotBuiltAndSaysWhatTheNativeBuildSays() throws Exception {
    javaHome();
    script(
        tools.resolve("mvn"),
        "echo maven-output; echo native/build: 20 minutes; mkdir -p target/lib;"
            + " : >target/private-proving.jar");
    Outcome outcome = launch("version");
    assertThat(outcome.status()).isZero();
    assertThat(outcome.err()).isEqualTo("private-proving: building.\nnative/build: 20 minutes\n");
    assertThat(outcome.out()).contains(jarFile().toString()).doesNotContain("maven-output");
  }

  @Test
  void buildsAgainWhenTheLibrariesAreGone() throws Exception {
    javaHome();
    jar();
    Files.delete(checkout.resolve("target/lib"));
    assertThat(launch("version").err())
        .isEqualTo(
            "private-proving: building, since "
                + checkout.resolve("target/lib")
                + " is missing.\n");
    assertThat(launch("version").err()).isEmpty();
  }

  @Test
  void saysAtOnceWhatDoctorLacksToBeBuilt() throws Exception {
    Files.delete(tools.resolve("cargo"));
    Files.delete(tools.resolve("mvn"));
    Outcome outcome = launch("doctor");
    assertThat(outcome.status()).isEqualTo(1);
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.out().lines())
        .satisfiesExactly(
            java -> assertThat(java).startsWith("FAIL  java             needs JDK 25"),
            mvn -> assertThat(mvn).startsWith("FAIL  mvn              is missing -> install"),
            cargo -> assertThat(cargo).startsWith("FAIL  cargo            is missing -> install"),
            cc -> assertThat(cc).isEqualTo("OK    cc               " + tools.resolve("cc")),
            system -> assertThat(system).contains("system"),
            end -> assertThat(end).isEqualTo("up would not work: it cannot be built"));
  }

  @Test
  void buildsDoctorWhereItCan() throws Exception {
    javaHome();
    Outcome outcome = launch("doctor");
    assertThat(outcome.err()).isEqualTo("private-proving: building.\n");
    assertThat(outcome.out()).endsWith("-jar\n" + jarFile() + "\ndoctor\n");
  }

  @Test
  void buildsAgainWhenASourceIsNewerAndOnlyThen() throws Exception {
    javaHome();
    jar();
    assertThat(launch("version").err()).isEmpty();

    Files.setLastModifiedTime(
        checkout.resolve("native/lib.rs"), FileTime.from(Instant.now().minusSeconds(60)));
    assertThat(launch("version").err()).contains("building, since sources changed");
    assertThat(launch("version").err()).isEmpty();
  }

  @Test
  void countsABuildThatLeavesTheJarAsItWas() throws Exception {
    javaHome();
    jar();
    script(tools.resolve("mvn"), "");
    Files.setLastModifiedTime(
        checkout.resolve("pom.xml"), FileTime.from(Instant.now().minusSeconds(60)));
    assertThat(launch("version").err()).contains("building");
    assertThat(launch("version").err()).isEmpty();
  }

  @Test
  void showsWhatWentWrongInABuild() throws Exception {
    javaHome();
    script(tools.resolve("mvn"), "echo '[ERROR] Some.java:[1,2] nonsense'; exit 1");
    Outcome outcome = launch("version");
    assertThat(outcome.status()).isNotZero();
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.err())
        .contains("[ERROR] Some.java:[1,2] nonsense")
        .contains("the build failed; all that it said is in");
  }

  @Test
  void saysWhatBuildingNeeds() throws Exception {
    javaHome();
    Files.delete(tools.resolve("mvn"));
    Files.delete(tools.resolve("cargo"));
    Outcome outcome = launch("build");
    assertThat(outcome.status()).isNotZero();
    assertThat(outcome.err()).contains("needs what is not on PATH: mvn (").contains("cargo (");
  }

  @Test
  void runsTheTestsWithTheJavaItFound() throws Exception {
    javaHome();
    script(tools.resolve("mvn"), "echo \"$JAVA_HOME\"; " + PRINT_ARGUMENTS + "; exit 3");
    Outcome outcome = launch("test", "-Pcpu-proof");
    assertThat(outcome.status()).isEqualTo(3);
    assertThat(outcome.out().lines())
        .containsSubsequence(folder.resolve("jdk").toString(), "-B", "verify", "-Pcpu-proof");
  }

  @Test
  void runsFromAReleaseWithoutSources() throws Exception {
    javaHome();
    Path release = Files.createDirectories(folder.resolve("release"));
    Files.copy(checkout.resolve("private-proving"), release.resolve("private-proving"));
    executable(release.resolve("private-proving"));
    write(release.resolve("private-proving.jar"), "");
    assertThat(launch(release.resolve("private-proving"), "version").err())
        .isEqualTo(
            "private-proving: %s is missing: this release is incomplete.\n"
                .formatted(release.resolve("lib")));
    Files.createDirectories(release.resolve("lib"));
    Outcome outcome = launch(release.resolve("private-proving"), "version");
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.out()).contains(release.resolve("private-proving.jar").toString());
  }

  private Outcome launch(String... arguments) throws IOException, InterruptedException {
    return launch(checkout.resolve("private-proving"), arguments);
  }

  private Outcome launch(Path launcher, String... arguments)
      throws IOException, InterruptedException {
    Process process = start(launcher, List.of(arguments));
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Outcome(process.waitFor(), out, Files.readString(folder.resolve("err")));
  }

  private Process start(Path launcher, List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(launcher.toString()));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    builder.redirectError(folder.resolve("err").toFile());
    Process process = builder.start();
    process.getOutputStream().close();
    return process;
  }

  private void javaHome() throws IOException {
    environment.put("JAVA_HOME", jdk("jdk", "25.0.3").toString());
  }

  /** A JDK whose java prints its own path, its limits and its arguments. */
  private Path jdk(String name, String version) throws IOException {
    Path home = folder.resolve(name);
    write(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
    script(home.resolve("bin/java"), "echo \"$0\"; echo core=$(ulimit -c); " + PRINT_ARGUMENTS);
    script(home.resolve("bin/javac"), "");
    return home;
  }

  private Path jarFile() {
    return checkout.resolve("target/private-proving.jar");
  }

  /** A jar newer than every source, and older than any test. */
  private void jar() throws IOException {
    write(jarFile(), "");
    Files.createDirectories(checkout.resolve("target/lib"));
    Files.setLastModifiedTime(jarFile(), FileTime.from(LONG_AGO.plusSeconds(60)));
  }

  private static void write(Path file, String content) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
    Files.setLastModifiedTime(file, FileTime.from(LONG_AGO));
  }

  private static void script(Path file, String line) throws IOException {
    write(file, "#!/bin/sh\n" + line + "\n");
    executable(file);
  }

  private static void executable(Path file) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private void offer(String tool) throws IOException {
    for (String directory : List.of("/bin", "/usr/bin")) {
      Path original = Path.of(directory, tool);
      if (Files.exists(original)) {
        script(tools.resolve(tool), "exec " + original + " \"$@\"");
        return;
      }
    }
  }
}
