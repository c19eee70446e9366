package org.privateproving.artifact;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Function;
import org.privateproving.domain.InvalidSetting;

/**
 * What the artifact store takes and how long it keeps it: {@code private-proving.artifacts}.
 *
 * @param maxSize of one upload, in plain bytes
 * @param maxTotal of everything stored; uploads are refused beyond it, proofs never
 * @param maxUploads under way at once in this process
 * @param maxOpenPerRequester uploads that were granted and neither claimed nor expired
 * @param unusedAfter after this an upload that nobody claimed is deleted
 * @param keepEnded how long it is remembered that there was an artifact, once it is erased
 * @param keyFile what {@link KeySource#FILE} reads
 */
public record ArtifactSettings(
    long maxSize,
    long maxTotal,
    int maxUploads,
    int maxOpenPerRequester,
    Duration unusedAfter,
    Duration keepEnded,
    Duration cleanEvery,
    KeySource keySource,
    Path keyFile) {
  private static final String BLOCK = "private-proving.artifacts.";
  private static final String DATA = "private-proving.data";
  private static final String KEY_FILE_NAME = "cluster.key";

  /** Where the cluster key comes from. */
  public enum KeySource {
    FILE,
    MEMORY
  }

  /**
   * @throws InvalidSetting naming the first key whose value is no good
   */
  public ArtifactSettings {
    atLeast("max-size", maxSize, 1);
    if (maxTotal < maxSize) {
      throw new InvalidSetting(
          BLOCK + "max-total", maxTotal + " bytes (expected: at least max-size, " + maxSize + ")");
    }
    atLeast("max-uploads", maxUploads, 1);
    atLeast("max-open-per-requester", maxOpenPerRequester, 1);
    positive("unused-after", unusedAfter);
    positive("keep-ended", keepEnded);
    positive("clean-every", cleanEvery);
  }

  /**
   * Reads the block of the whole configuration.
   *
   * @throws InvalidSetting naming the first key whose value is no good
   */
  public static ArtifactSettings from(Config config) {
    return new ArtifactSettings(
        read(config, "max-size", config::getBytes),
        read(config, "max-total", config::getBytes),
        read(config, "max-uploads", config::getInt),
        read(config, "max-open-per-requester", config::getInt),
        read(config, "unused-after", config::getDuration),
        read(config, "keep-ended", config::getDuration),
        read(config, "clean-every", config::getDuration),
        read(config, "key-source", path -> keySource(config.getString(path))),
        keyFile(config));
  }

  private static Path keyFile(Config config) {
    String name = read(config, "key-file", config::getString);
    if (!name.isEmpty()) {
      return Path.of(name);
    }
    try {
      return Path.of(config.getString(DATA), KEY_FILE_NAME);
    } catch (ConfigException e) {
      throw new InvalidSetting(DATA, "missing, or not a path");
    }
  }

  private static KeySource keySource(String name) {
    try {
      return KeySource.valueOf(name.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new InvalidSetting(BLOCK + "key-source", name + " (expected: file or memory)");
    }
  }

  private static <T> T read(Config config, String name, Function<String, T> reader) {
    try {
      return reader.apply(BLOCK + name);
    } catch (ConfigException.Missing e) {
      throw new InvalidSetting(BLOCK + name, "missing");
    } catch (ConfigException e) {
      throw new InvalidSetting(
          BLOCK + name, config.getValue(BLOCK + name).unwrapped() + " is of the wrong form");
    }
  }

  private static void atLeast(String name, long value, long least) {
    if (value < least) {
      throw new InvalidSetting(BLOCK + name, value + " (expected: >= " + least + ")");
    }
  }

  private static void positive(String name, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new InvalidSetting(BLOCK + name, value + " (expected: more than 0s)");
    }
  }
}
