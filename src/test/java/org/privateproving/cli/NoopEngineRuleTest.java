package org.privateproving.cli;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.typesafe.config.ConfigFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.privateproving.cluster.ClusterSettings;
import org.privateproving.domain.InvalidSetting;
import org.privateproving.fulfiller.FulfillerSettings;

class NoopEngineRuleTest {
  private static void check(String engine, String url) {
    var config =
        ConfigFactory.parseString(
                "private-proving { fulfiller.engine = %s, network.rpc-url = \"%s\" }"
                    .formatted(engine, url))
            .withFallback(ConfigFactory.load())
            .resolve();
    NoopEngineRule.check(FulfillerSettings.from(config, "host"), config);
  }

  @ParameterizedTest
  @CsvSource({"noop, ''", "noop, http://127.0.0.1:9000", "mock, http://192.0.2.1", "cpu, ''"})
  void shouldLetEnginesProveWhereNoHarmIsDone(String engine, String url) {
    assertThatCode(() -> check(engine, url)).doesNotThrowAnyException();
  }

  @Test
  void shouldBeAskedBeforeANodeStarts() {
    var config =
        ConfigFactory.parseString(
                """
                private-proving {
                  fulfiller.engine = noop
                  network.rpc-url = "http://192.0.2.1"
                  cluster.seed-nodes = ["127.0.0.1:25520"]
                }
                """)
            .withFallback(ConfigFactory.load())
            .resolve();
    assertThatExceptionOfType(InvalidSetting.class)
        .isThrownBy(
            () ->
                Node.checkSettings(
                    Roles.FULFILLER, config, ClusterSettings.from(config, Node.SYSTEM_NAME)))
        .withMessageStartingWith("private-proving.fulfiller.engine: noop");
  }

  @ParameterizedTest
  @CsvSource({"noop, http://192.0.2.1", "noop, https://192.0.2.1:443", "noop, nonsense"})
  void shouldKeepANoopEngineAwayFromNetworksOfOthers(String engine, String url) {
    assertThatExceptionOfType(InvalidSetting.class)
        .isThrownBy(() -> check(engine, url))
        .withMessageStartingWith("private-proving.fulfiller.engine: noop");
  }
}
