package org.privateproving.fulfiller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.privateproving.domain.InvalidSetting;
import org.privateproving.sp1.EngineKind;

class FulfillerSettingsTest {
  private static FulfillerSettings settings(String... lines) {
    var config =
        ConfigFactory.parseString("private-proving.fulfiller { " + String.join("\n", lines) + " }");
    return FulfillerSettings.from(config.withFallback(ConfigFactory.load()).resolve(), "host");
  }

  @Test
  void shouldReadEverySetting() {
    assertThat(
            settings(
                "engine = noop",
                "noop-duration = 3s",
                "device = 1",
                "name = north",
                "max-cycles = 7",
                "max-input = 8B",
                "program-cache = 9",
                "drain = 4s",
                "abandon-after = 5s"))
        .isEqualTo(
            new FulfillerSettings(
                "north",
                EngineKind.NOOP,
                1,
                Optional.empty(),
                7,
                8,
                9,
                Duration.ofSeconds(4),
                Duration.ofSeconds(5),
                Duration.ofSeconds(3)));
  }

  @ParameterizedTest
  @CsvSource({
    "engine, gpu",
    "device, -1",
    "max-cycles, 0",
    "max-input, 0B",
    "program-cache, 0",
    "drain, 13h",
    "abandon-after, 0s",
    "noop-duration, 2h",
    "noop-duration, soon",
  })
  void shouldRefuseWhatMakesNoSenseByItsKey(String key, String value) {
    assertThatExceptionOfType(InvalidSetting.class)
        .isThrownBy(() -> settings(key + " = " + value))
        .withMessageStartingWith("private-proving.fulfiller." + key + ": ");
  }
}
