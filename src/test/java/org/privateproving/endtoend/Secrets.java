package org.privateproving.endtoend;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What must not be seen, in every form that something careless may give it: as it is, in
 * hexadecimal, as a list of numbers, and inside the base64 of whatever holds it. More may be added
 * while others search.
 */
final class Secrets {
  private static final int WINDOW = 1 << 20;

  // By form: which secret it gives away.
  private final Map<String, String> names = new ConcurrentHashMap<>();
  private volatile int longest;

  Secrets add(String name, byte[] secret) {
    form(name, new String(secret, ISO_8859_1));
    form(name, HexFormat.of().formatHex(secret));
    form(name, HexFormat.of().withUpperCase().formatHex(secret));
    form(
        name,
        IntStream.range(0, secret.length)
            .mapToObj(at -> Integer.toString(secret[at] & 0xff))
            .collect(Collectors.joining(", ")));
    for (int before = 0; before < 3; before++) {
      byte[] shifted = new byte[before + secret.length];
      System.arraycopy(secret, 0, shifted, before, secret.length);
      for (Base64.Encoder encoder : List.of(Base64.getEncoder(), Base64.getUrlEncoder())) {
        String encoded = encoder.withoutPadding().encodeToString(shifted);
        // Without the characters that depend on the neighbours.
        form(name, encoded.substring(before == 0 ? 0 : before + 1, shifted.length / 3 * 4));
      }
    }
    return this;
  }

  Secrets add(String name, String secret) {
    return add(name, secret.getBytes(ISO_8859_1));
  }

  /** Only exactly as it stands here. */
  Secrets form(String name, String text) {
    names.put(text, name);
    longest = Math.max(longest, text.length());
    return this;
  }

  /** The names of the secrets that this text gives away. */
  Set<String> in(String text) {
    Set<String> found = new TreeSet<>();
    names.forEach(
        (form, name) -> {
          if (text.contains(form)) {
            found.add(name);
          }
        });
    return found;
  }

  Set<String> in(byte[] bytes) {
    return in(new String(bytes, ISO_8859_1));
  }

  /** One line for each secret in each file under these folders, but for the files left out. */
  List<String> under(List<Path> folders, Set<Path> leftOut) throws IOException {
    List<String> found = new ArrayList<>();
    for (Path folder : folders) {
      for (Path file : files(folder)) {
        if (!leftOut.contains(file)) {
          in(file).forEach(name -> found.add(name + " in " + file));
        }
      }
    }
    return found;
  }

  /**
   * Every file under this folder, or the file that it is; without those that are tidied away
   * meanwhile. Whatever else cannot be looked at fails.
   */
  static List<Path> files(Path folder) throws IOException {
    List<Path> files = new ArrayList<>();
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (Files.isRegularFile(file)) {
              files.add(file);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            return unlessVanished(e);
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e)
              throws IOException {
            return e == null ? FileVisitResult.CONTINUE : unlessVanished(e);
          }
        });
    return files;
  }

  private static FileVisitResult unlessVanished(IOException e) throws IOException {
    if (e instanceof NoSuchFileException) {
      return FileVisitResult.CONTINUE;
    }
    throw e;
  }

  Set<String> in(Path file) throws IOException {
    Set<String> found = new TreeSet<>();
    try (InputStream bytes = Files.newInputStream(file)) {
      byte[] window = new byte[WINDOW + longest];
      int kept = 0;
      for (int count = bytes.readNBytes(window, 0, WINDOW);
          count > 0;
          count = bytes.readNBytes(window, kept, WINDOW)) {
        int length = kept + count;
        found.addAll(in(new String(window, 0, length, ISO_8859_1)));
        kept = Math.min(longest, length);
        System.arraycopy(window, length - kept, window, 0, kept);
      }
    } catch (NoSuchFileException e) {
      return Set.of(); // tidied away meanwhile
    }
    return found;
  }
}
