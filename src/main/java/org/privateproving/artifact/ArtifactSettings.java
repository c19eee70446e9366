package org.privateproving.artifact;

import com.typesafe.config.Config;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import org.privateproving.domain.InvalidSetting;
import org.privateproving.domain.SettingsBlock;

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
  private static final String PATH = "private-proving.artifacts";
  private static final String ROOT = "private-proving";
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
          PATH + ".max-total", maxTotal + " bytes (expected: at least max-size, " + maxSize + ")");
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
    SettingsBlock block = new SettingsBlock(config, PATH);
    return new ArtifactSettings(
        block.size("max-size"),
        block.size("max-total"),
        block.number("max-uploads"),
        block.number("max-open-per-requester"),
        block.duration("unused-after"),
        block.duration("keep-ended"),
        block.duration("clean-every"),
        block.text("key-source", ArtifactSettings::keySource),
        keyFile(config, block.text("key-file")));
  }

  private static Path keyFile(Config config, String name) {
    return name.isEmpty()
        ? new SettingsBlock(config, ROOT).text("data", data -> Path.of(data, KEY_FILE_NAME))
        : Path.of(name);
  }

  private static KeySource keySource(String name) {
    try {
      return KeySource.valueOf(name.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(name + " (expected: file or memory)", e);
    }
  }

  private static void atLeast(String name, long value, long least) {
    if (value < least) {
      throw new InvalidSetting(PATH + "." + name, value + " (expected: >= " + least + ")");
    }
  }

  private static void positive(String name, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new InvalidSetting(PATH + "." + name, value + " (expected: more than 0s)");
    }
  }
}
