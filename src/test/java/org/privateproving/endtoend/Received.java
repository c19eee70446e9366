package org.privateproving.endtoend;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.github.luben.zstd.ZstdInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Every byte that the stand-in network got ({@code --keep-bytes}), and what is in them when zstd is
 * taken off, wherever in a message it begins.
 */
record Received(Path folder) {
  private static final String ZSTD =
      new String(new byte[] {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd}, ISO_8859_1);
  private static final int LARGEST = 64 << 20;

  /** One line for each secret and file, as in {@code the marker in 000012-RequestProof.body}. */
  List<String> withAnyOf(Secrets secrets) throws IOException {
    List<String> found = new ArrayList<>();
    for (Path file : Secrets.files(folder)) {
      secretsIn(Files.readAllBytes(file), secrets)
          .forEach(name -> found.add(name + " in " + file.getFileName()));
    }
    return found;
  }

  private static Set<String> secretsIn(byte[] bytes, Secrets secrets) throws IOException {
    Set<String> found = new TreeSet<>(secrets.in(bytes));
    String text = new String(bytes, ISO_8859_1);
    for (int at = text.indexOf(ZSTD); at >= 0; at = text.indexOf(ZSTD, at + 1)) {
      found.addAll(secretsIn(unpacked(bytes, at), secrets));
    }
    return found;
  }

  /** As far as it can be unpacked: four bytes may look like a beginning and be none. */
  private static byte[] unpacked(byte[] bytes, int from) throws IOException {
    var unpacked = new ByteArrayOutputStream();
    try (InputStream in =
        new ZstdInputStream(new ByteArrayInputStream(bytes, from, bytes.length - from))) {
      byte[] piece = new byte[1 << 16];
      for (int read = in.read(piece);
          read >= 0 && unpacked.size() < LARGEST;
          read = in.read(piece)) {
        unpacked.write(piece, 0, read);
      }
    } catch (com.github.luben.zstd.ZstdIOException e) {
      return unpacked.toByteArray();
    }
    return unpacked.toByteArray();
  }

  /** The same without zstd, for tests of the search itself. */
  List<String> withAnyOfAsItCame(Secrets secrets) throws IOException {
    return secrets.under(List.of(folder), Set.of());
  }

  /** All strings that begin so, as long as protobuf says in the byte before them. */
  Set<String> strings(String from) throws IOException {
    Set<String> strings = new TreeSet<>();
    for (Path file : Secrets.files(folder)) {
      String text = new String(Files.readAllBytes(file), ISO_8859_1);
      for (int at = text.indexOf(from); at >= 0; at = text.indexOf(from, at + 1)) {
        int length = at == 0 ? 0 : text.charAt(at - 1);
        strings.add(text.substring(at, Math.min(at + length, text.length())));
      }
    }
    return strings;
  }
}
