package org.privateproving.artifact;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.privateproving.domain.InvalidSetting;

/**
 * The secret that all nodes of a cluster share, and that everything stored can be opened with. It
 * is never used itself, only what is derived from it.
 */
public interface ClusterKey {
  /** Of the secret, and of everything derived from it. */
  int BYTES = 32;

  /**
   * A key for one purpose: always the same for the same purpose, and of no use in finding another.
   */
  byte[] derive(String purpose);

  /** Tells keys apart, and opens nothing. */
  default String fingerprint() {
    return HexFormat.of().formatHex(derive("fingerprint"));
  }

  /** A new secret that exists in this process only: when it ends, nothing stored can be opened. */
  static ClusterKey inMemory(SecureRandom random) {
    byte[] secret = new byte[BYTES];
    random.nextBytes(secret);
    return new HkdfClusterKey(secret);
  }

  /**
   * The secret in {@code file}, which is made when it is missing, readable by its owner alone.
   *
   * @throws InvalidSetting if the file holds something else, or others can read it
   */
  static ClusterKey inFile(Path file, SecureRandom random) throws IOException {
    return new HkdfClusterKey(new ClusterKeyFile(file).readOrCreate(random));
  }

  /** The key that the settings ask for. */
  static ClusterKey from(ArtifactSettings settings, SecureRandom random) throws IOException {
    return switch (settings.keySource()) {
      case FILE -> inFile(settings.keyFile(), random);
      case MEMORY -> inMemory(random);
    };
  }
}
