package org.privateproving.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.privateproving.domain.InvalidSetting;

class DatabaseSettingsTest {
  private static final Config DEFAULTS = ConfigFactory.load();

  @Test
  void defaultsAreOfABundledServer() {
    DatabaseSettings settings = DatabaseSettings.from(DEFAULTS);

    assertThat(settings).isEqualTo(new DatabaseSettings("", "postgres", "", 10, 10_000));
    assertThat(settings.bundled()).isTrue();
  }

  @Test
  void everySettingCanBeSet() {
    DatabaseSettings settings =
        DatabaseSettings.from(
            ConfigFactory.parseString(
                """
                private-proving.database {
                  url = "jdbc:postgresql://db.example/proofs"
                  user = me
                  password = secret
                  pool-size = 3
                  queue-size = 7
                }
                """));

    assertThat(settings)
        .isEqualTo(
            new DatabaseSettings("jdbc:postgresql://db.example/proofs", "me", "secret", 3, 7));
    assertThat(settings.bundled()).isFalse();
    assertThat(settings.toString()).doesNotContain("secret");
  }

  @ParameterizedTest
  @CsvSource({
    "url, jdbc:mysql://x, not a JDBC URL of PostgreSQL",
    "pool-size, 0, 0 (expected: 1 to 1000)",
    "pool-size, 1001, 1001 (expected: 1 to 1000)",
    "pool-size, many, not a whole number",
    "queue-size, -1, -1 (expected: 0 to 10000000)",
    "url, [], not a text",
    "password, {}, not a text",
  })
  void aWrongValueIsRefusedByItsKey(String name, String value, String message) {
    String key = "private-proving.database." + name;
    String line = key + " = " + (value.startsWith("jdbc") ? '"' + value + '"' : value);
    Config config = ConfigFactory.parseString(line).withFallback(DEFAULTS);

    assertThatThrownBy(() -> DatabaseSettings.from(config))
        .isInstanceOf(InvalidSetting.class)
        .hasMessageStartingWith(key + ": ")
        .hasMessageContaining(message);
  }

  @Test
  void aDatabaseOfItsOwnNeedsAUser() {
    assertThatThrownBy(() -> new DatabaseSettings("jdbc:postgresql://x/y", "", "", 1, 1))
        .isInstanceOf(InvalidSetting.class)
        .hasMessageStartingWith("private-proving.database.user: ");
  }
}
