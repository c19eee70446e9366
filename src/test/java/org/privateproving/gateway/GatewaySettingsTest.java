package org.privateproving.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.privateproving.domain.InvalidSetting;

class GatewaySettingsTest {

  @Test
  void hasADefaultForEverySetting() {
    assertThat(from(""))
        .isEqualTo(
            new GatewaySettings(
                "127.0.0.1",
                8080,
                Optional.empty(),
                Set.of(),
                GatewaySettings.Listing.OFF,
                256 * 1024,
                Duration.ofSeconds(30),
                Duration.ofDays(30),
                Duration.ofSeconds(3),
                Duration.ofSeconds(20),
                Duration.ofSeconds(60)));
  }

  @Test
  void readsEverySetting() {
    assertThat(
            from(
                """
                host = "::1"
                port = 0
                public-url = "https://prover.example:444/"
                allowed-requesters = ["0x1a642f0e3c3af545e7acbd38b07251b3990914f1"]
                listing = by-requester
                max-message-size = 1MiB
                call-timeout = 10s
                max-deadline = 1h
                hold = 0s
                drain = 5s
                transfer-idle = 10s
                """))
        .isEqualTo(
            new GatewaySettings(
                "::1",
                0,
                Optional.of("https://prover.example:444"),
                Set.of(Signer.ONE.address()),
                GatewaySettings.Listing.BY_REQUESTER,
                1024 * 1024,
                Duration.ofSeconds(10),
                Duration.ofHours(1),
                Duration.ZERO,
                Duration.ofSeconds(5),
                Duration.ofSeconds(10)));
  }

  @Test
  void knowsEverySettingThatTheReferenceNames() {
    assertThat(ConfigFactory.defaultReference().getConfig(GatewaySettings.PATH).root().keySet())
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(GatewaySettings.class.getRecordComponents())
                .map(c -> c.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT))
                .toList());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          host = ""                              | host
          port = 65536                           | port
          port = many                            | port
          public-url = "prover.example"          | public-url
          public-url = "https://h/path"          | public-url
          public-url = "ftp://h"                 | public-url
          allowed-requesters = ["0x12"]          | allowed-requesters
          listing = everybody                    | listing
          max-message-size = 1KiB                | max-message-size
          call-timeout = 60s                     | call-timeout
          max-deadline = 1s                      | max-deadline
          hold = 20s                             | hold
          drain = 0s                             | drain
          transfer-idle = soon                   | transfer-idle
          """)
  void namesTheSettingThatIsWrong(String line, String key) {
    assertThatThrownBy(() -> from(line))
        .isInstanceOf(InvalidSetting.class)
        .hasMessageStartingWith(GatewaySettings.PATH + "." + key + ":");
  }

  private static GatewaySettings from(String ours) {
    return GatewaySettings.from(
        ConfigFactory.parseString("private-proving.gateway {\n" + ours + "\n}")
            .withFallback(ConfigFactory.defaultReference())
            .resolve());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://user:s3cret@prover.example",
        "https://user:s3cret@prover.example/path",
        "https://prover.example?token=s3cret",
        "s3cret://[",
        "https://user:s3cret@ prover"
      })
  void quotesNoUrlSinceThatMayHoldCredentials(String url) {
    assertThatThrownBy(() -> from("public-url = \"" + url + "\""))
        .isInstanceOfSatisfying(
            InvalidSetting.class,
            wrong -> assertThat(wrong).hasMessageNotContaining("s3cret").hasNoCause());
  }
}
