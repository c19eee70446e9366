package org.privateproving.sp1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.privateproving.sp1.Uploads.decode;
import static org.privateproving.sp1.Uploads.program;
import static org.privateproving.sp1.Uploads.setup;
import static org.privateproving.sp1.Uploads.stdin;
import static org.privateproving.sp1.Uploads.text;
import static org.privateproving.sp1.Uploads.u32;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A program that does all it can to show its input, in a process of its own with every log switched
 * on: the input is in nothing that the process writes or leaves behind.
 */
class PrivacyTest {

  /** Not in this form in the class file or in the command, so that only a leak can show it. */
  private static final String MARKER = new StringBuilder("TERCES-DETNALP").reverse().toString();

  @TempDir private Path folder;

  /** What the other process does. */
  static final class Misbehaving {

    private Misbehaving() {}

    public static void main(String[] arguments) throws Exception {
      try (Engine engine = Engine.open(EngineOptions.of(EngineKind.MOCK));
          ProgramKey misbehave = setup(engine, program("misbehave"))) {
        for (int selector : new int[] {0, 1, 2, 3, 5, 6, 7, 8, 9, 10, 11}) {
          try (Stdin stdin = decode(engine, stdin(u32(selector), text(MARKER.repeat(20))))) {
            ExecutionOutcome outcome = engine.execute(misbehave, stdin, -1);
            System.out.println(selector + " " + outcome);
            engine.prove(misbehave, stdin, ProofMode.CORE).close();
          } catch (EngineException e) {
            System.out.println(e);
          }
        }
      }
      System.out.println("finished");
    }
  }

  @Test
  void shouldShowNothingOfAnInputThatTheProgramTriesToShow() throws Exception {
    Path output = folder.resolve("output");
    Path temporary = Files.createDirectory(folder.resolve("tmp"));
    ProcessBuilder builder =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "--enable-native-access=ALL-UNNAMED",
                "-D" + LibraryLocation.PROPERTY + "=" + LibraryLocation.find(null),
                "-D" + NativeLog.FILTER_PROPERTY + "=trace",
                "-Dlogback.configurationFile=logback-everything.xml",
                "-cp",
                System.getProperty("java.class.path"),
                Misbehaving.class.getName())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().put("RUST_LOG", "trace");
    builder.environment().put("TMPDIR", temporary.toString());

    assertThat(builder.start().waitFor()).isZero();

    String text = Files.readString(output, StandardCharsets.ISO_8859_1);
    assertThat(text).contains("finished", "private_proving_bridge").doesNotContain(MARKER);
    assertThat(filesWithMarker(temporary)).isEmpty();
    assertThat(temporary).as("what the process leaves behind").isEmptyDirectory();
  }

  private static List<Path> filesWithMarker(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).filter(PrivacyTest::hasMarker).toList();
    }
  }

  private static boolean hasMarker(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1).contains(MARKER);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
