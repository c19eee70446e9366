package org.privateproving.artifact;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Set;
import org.privateproving.domain.InvalidSetting;

/** A cluster key in a file: one line of hexadecimal. Messages never quote what it holds. */
final class ClusterKeyFile {
  private static final String KEY = "private-proving.artifacts.key-file";
  private static final Set<PosixFilePermission> OWNER_ONLY =
      EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

  private final Path file;

  ClusterKeyFile(Path file) {
    this.file = file.toAbsolutePath();
  }

  byte[] readOrCreate(SecureRandom random) throws IOException {
    if (!Files.exists(file)) {
      create(random);
    }
    return read();
  }

  private byte[] read() throws IOException {
    if (!OWNER_ONLY.containsAll(Files.getPosixFilePermissions(file))) {
      throw new InvalidSetting(
          KEY, file + " can be read by others (expected: by its owner alone): chmod 600 it");
    }
    try {
      byte[] secret = HexFormat.of().parseHex(Files.readString(file).strip());
      if (secret.length == ClusterKey.BYTES) {
        return secret;
      }
    } catch (IllegalArgumentException e) {
      // Said below: the cause would quote a part of the key.
    }
    throw new InvalidSetting(
        KEY, file + " holds no key (expected: " + ClusterKey.BYTES + " bytes in hexadecimal)");
  }

  // Written under another name and linked into place: it is there whole or not at all, and of two
  // processes that start together both end up with the first one's.
  private void create(SecureRandom random) throws IOException {
    byte[] secret = new byte[ClusterKey.BYTES];
    random.nextBytes(secret);
    Path folder = file.getParent();
    Files.createDirectories(folder);
    Path unfinished =
        Files.createTempFile(
            folder, "cluster-key-", ".new", PosixFilePermissions.asFileAttribute(OWNER_ONLY));
    try {
      try (var channel = FileChannel.open(unfinished, StandardOpenOption.WRITE)) {
        String line = HexFormat.of().formatHex(secret) + "\n";
        channel.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.US_ASCII)));
        channel.force(true);
      }
      Files.createLink(file, unfinished);
    } catch (FileAlreadyExistsException e) {
      // Theirs counts.
    } finally {
      Files.deleteIfExists(unfinished);
    }
  }
}
