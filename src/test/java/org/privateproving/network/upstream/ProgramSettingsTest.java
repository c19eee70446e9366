package org.privateproving.network.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.privateproving.domain.InvalidSetting;

class ProgramSettingsTest {
  private static final Config DEFAULTS = ConfigFactory.load();

  @Test
  void defaults() {
    assertThat(ProgramSettings.from(DEFAULTS))
        .isEqualTo(
            new ProgramSettings(
                "us-east-2",
                Optional.empty(),
                256L << 20,
                Duration.ofSeconds(10),
                Duration.ofSeconds(30),
                Duration.ofMinutes(10),
                false));
  }

  @Test
  void everySettingCanBeSet() {
    Config config =
        ConfigFactory.parseString(
            """
            private-proving.network.programs {
              s3-region = eu-central-1
              s3-endpoint = "http://store.example:9000"
              max-size = 1MiB
              connect-timeout = 1s
              idle-timeout = 2s
              total-timeout = 3s
              allow-http = true
            }
            """);

    assertThat(ProgramSettings.from(config))
        .isEqualTo(
            new ProgramSettings(
                "eu-central-1",
                Optional.of(URI.create("http://store.example:9000")),
                1 << 20,
                Duration.ofSeconds(1),
                Duration.ofSeconds(2),
                Duration.ofSeconds(3),
                true));
  }

  @ParameterizedTest
  @CsvSource({"https://s3.example", "https://s3.example:9000/", "http://127.0.0.1:9000"})
  void theEndpointIsSafeOrThisMachine(String endpoint) {
    assertThat(ProgramSettings.from(with("s3-endpoint", endpoint)).s3Endpoint())
        .contains(URI.create(endpoint));
  }

  @ParameterizedTest
  @CsvSource({
    "s3-region, '', (expected: a region such as us-east-2)",
    "s3-region, us east, (expected: a region such as us-east-2)",
    "s3-endpoint, http://store.example, https unless it is this machine or allow-http is on",
    "s3-endpoint, https://user:word@s3.example, scheme and authority alone",
    "s3-endpoint, https://s3.example/bucket, scheme and authority alone",
    "s3-endpoint, ftp://s3.example, scheme and authority alone",
    "s3-endpoint, s3.example:9000, scheme and authority alone",
    "s3-endpoint, //, not a URL",
    "max-size, 0, 0 (expected: >= 1)",
    "max-size, large, of the wrong form",
    "connect-timeout, 0s, more than 0s",
    "idle-timeout, 25h, at most 1d",
    "total-timeout, soon, of the wrong form",
    "allow-http, loopback, of the wrong form",
  })
  void aWrongValueIsRefusedByItsKey(String name, String value, String message) {
    assertThatThrownBy(() -> ProgramSettings.from(with(name, value)))
        .isInstanceOf(InvalidSetting.class)
        .hasMessageStartingWith("private-proving.network.programs." + name + ": ")
        .hasMessageContaining(message)
        .hasMessageNotContaining("word");
  }

  private static Config with(String name, String value) {
    return ConfigFactory.parseString(
            "private-proving.network.programs." + name + " = \"" + value + "\"")
        .withFallback(DEFAULTS);
  }
}
