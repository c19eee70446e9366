package org.privateproving.endtoend;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The classes of the packaged program as the JVM maps them (JEP 350): whole-program tests start a
 * hundred processes, and one that maps its classes is ready after half the work.
 */
final class ClassArchive {
  private static final Path JAR = Path.of("target", "private-proving.jar").toAbsolutePath();
  private static final Path ARCHIVE = JAR.resolveSibling("private-proving.jsa");

  private ClassArchive() {}

  /** Options of a JVM that maps the archive. Makes it first, unless it is of this very jar. */
  static synchronized List<String> options() throws IOException {
    Path lock = JAR.resolveSibling("private-proving.jsa.lock");
    try (FileChannel channel =
            FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock _ = channel.lock()) {
      if (!isOfThisJar()) {
        make();
      }
    }
    return List.of("-XX:SharedArchiveFile=" + ARCHIVE);
  }

  private static boolean isOfThisJar() throws IOException {
    return Files.exists(ARCHIVE)
        && Files.getLastModifiedTime(ARCHIVE).compareTo(Files.getLastModifiedTime(JAR)) > 0;
  }

  /** Of a run from the start to the end, so that it has the classes of both. */
  private static void make() throws IOException {
    Path data = Files.createTempDirectory("private-proving-archive-");
    Path made = data.resolve("made.jsa");
    try (ProvingProcess process =
        ProvingProcess.in(data)
            .withoutClassArchive()
            .jvm("-XX:ArchiveClassesAtExit=" + made, "-Xlog:cds=off")
            .start()) {
      process.awaitEngine();
    }
    // One that did not come to its end has left none: the next is made by the next process.
    if (Files.exists(made)) {
      Files.move(made, ARCHIVE, StandardCopyOption.REPLACE_EXISTING);
    }
    try (Stream<Path> files = Files.walk(data)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    }
  }
}
