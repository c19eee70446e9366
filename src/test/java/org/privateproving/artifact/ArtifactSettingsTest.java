package org.privateproving.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.privateproving.artifact.ArtifactSettings.KeySource;
import org.privateproving.domain.InvalidSetting;

class ArtifactSettingsTest {
  private static final Config DEFAULTS =
      ConfigFactory.parseString("private-proving.data = /data").withFallback(ConfigFactory.load());

  @Test
  void defaults() {
    assertThat(ArtifactSettings.from(DEFAULTS))
        .isEqualTo(
            new ArtifactSettings(
                2L << 30,
                64L << 30,
                32,
                256,
                Duration.ofHours(24),
                Duration.ofDays(7),
                Duration.ofMinutes(10),
                KeySource.FILE,
                Path.of("/data/cluster.key")));
  }

  @Test
  void everySettingCanBeSet() {
    Config config =
        ConfigFactory.parseString(
            """
            private-proving.artifacts {
              max-size = 1MiB
              max-total = 2MiB
              max-uploads = 3
              max-open-per-requester = 4
              unused-after = 5h
              keep-ended = 6d
              clean-every = 7m
              key-source = memory
              key-file = /keys/one
            }
            """);

    assertThat(ArtifactSettings.from(config))
        .isEqualTo(
            new ArtifactSettings(
                1 << 20,
                2 << 20,
                3,
                4,
                Duration.ofHours(5),
                Duration.ofDays(6),
                Duration.ofMinutes(7),
                KeySource.MEMORY,
                Path.of("/keys/one")));
  }

  @ParameterizedTest
  @CsvSource({
    "max-size, 0, 0 (expected: >= 1)",
    "max-size, large, not a size",
    "max-total, 1MiB, 'at least max-size, 2147483648'",
    "max-uploads, 0, 0 (expected: >= 1)",
    "max-open-per-requester, -1, -1 (expected: >= 1)",
    "unused-after, 0s, more than 0s",
    "keep-ended, -1d, more than 0s",
    "clean-every, soon, not a duration",
    "key-source, cloud, cloud (expected: file or memory)",
    "key-file, [], not a text",
  })
  void aWrongValueIsRefusedByItsKey(String name, String value, String message) {
    String key = "private-proving.artifacts." + name;
    Config config = ConfigFactory.parseString(key + " = " + value).withFallback(DEFAULTS);

    assertThatThrownBy(() -> ArtifactSettings.from(config))
        .isInstanceOf(InvalidSetting.class)
        .hasMessageStartingWith(key + ": ")
        .hasMessageContaining(message);
  }
}
