package org.privateproving.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.privateproving.artifact.ArtifactSettings;
import org.privateproving.domain.InvalidSetting;

class RequestSettingsTest {
  private static final Duration HOLD = Duration.ofSeconds(4);

  @Test
  void hasADefaultForEverySetting() {
    assertThat(from(""))
        .isEqualTo(
            new RequestSettings(
                Duration.ofSeconds(5),
                Duration.ofSeconds(10),
                3,
                new RetryPauses(
                    List.of(Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ofSeconds(30))),
                new StallBound(Duration.ofHours(1), Duration.ofMinutes(1)),
                new AdmissionSettings(100_000, 10_000, true),
                HOLD,
                Duration.ofDays(7),
                2L << 30));
  }

  @Test
  void readsEverySetting() {
    assertThat(
            from(
                """
                requests { ask-timeout = 1s, lease-term = 2s, max-attempts = 1, retry-pauses = [],
                  max-waiting = 7, max-waiting-per-requester = 5, refuse-hopeless = off,
                  stall-base = 3s, stall-per-megacycle = 0s }
                artifacts { keep-ended = 1d, max-size = 1MiB }
                """))
        .isEqualTo(
            new RequestSettings(
                Duration.ofSeconds(1),
                Duration.ofSeconds(2),
                1,
                new RetryPauses(List.of()),
                new StallBound(Duration.ofSeconds(3), Duration.ZERO),
                new AdmissionSettings(7, 5, false),
                HOLD,
                Duration.ofDays(1),
                1 << 20));
  }

  @ParameterizedTest
  @CsvSource({
    "ask-timeout, 0s, more than 0s",
    "ask-timeout, soon, not a duration",
    "lease-term, 999ms, 1s or more",
    "max-attempts, 0, 1 or more",
    "stall-base, 999ms, 1000ms to 31536000000ms",
    "stall-per-megacycle, 366d, 0ms to 31536000000ms",
    "max-attempts, many, not a whole number",
    "max-waiting, 0, 1 to",
    "max-waiting-per-requester, 0, 1 to",
    "refuse-hopeless, perhaps, not true or false",
    "retry-pauses, soon, not a list of durations",
    "retry-pauses, [-1s], 0s or more",
  })
  void namesTheSettingThatIsWrong(String key, String value, String message) {
    assertThatThrownBy(() -> from("requests." + key + " = " + value))
        .isInstanceOf(InvalidSetting.class)
        .hasMessageStartingWith("private-proving.requests." + key + ": ")
        .hasMessageContaining(message);
  }

  private static RequestSettings from(String ours) {
    Config config =
        ConfigFactory.parseString("private-proving {\n" + ours + "\n}")
            .withFallback(ConfigFactory.defaultReference())
            .resolve();
    return RequestSettings.from(config, ArtifactSettings.from(config), HOLD);
  }
}
