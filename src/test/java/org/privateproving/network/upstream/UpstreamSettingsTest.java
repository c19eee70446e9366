package org.privateproving.network.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.privateproving.domain.Address;
import org.privateproving.domain.InvalidSetting;
import org.privateproving.domain.Schema;
import org.privateproving.network.LocalSigner;

class UpstreamSettingsTest {
  private static final String BLOCK = "private-proving.network.";
  private static final String KEY = "02".repeat(32);
  private static final Address SIGNER = LocalSigner.of(KEY).address();
  private static final Config DEFAULTS = ConfigFactory.load();

  /** As little as an operator must say. */
  private static final Config LEAST =
      with(with(DEFAULTS, "rpc-url", "https://rpc.example"), "fulfiller-key", KEY);

  private static Config with(Config config, String key, Object value) {
    return config.withValue(BLOCK + key, ConfigValueFactory.fromAnyRef(value));
  }

  private static UpstreamSettings settings(String key, Object value) {
    return UpstreamSettings.from(with(LEAST, key, value));
  }

  private static void assertRefused(Config config, String key, String message) {
    assertThatThrownBy(() -> UpstreamSettings.from(config))
        .isInstanceOfSatisfying(
            InvalidSetting.class, refused -> assertThat(refused.key()).isEqualTo(BLOCK + key))
        .hasMessageContaining(message);
  }

  @Test
  void defaults() {
    UpstreamSettings settings = UpstreamSettings.from(LEAST);

    assertThat(settings)
        .isEqualTo(
            new UpstreamSettings(
                URI.create("https://rpc.example"),
                settings.signer(),
                Optional.empty(),
                Optional.empty(),
                List.of(
                    "/network.ProverNetwork/GetNonce",
                    "/network.ProverNetwork/GetProgram",
                    "/network.ProverNetwork/CreateProgram",
                    "/network.ProverNetwork/GetBalance",
                    "/network.ProverNetwork/GetFilteredProofRequests",
                    "/network.ProverNetwork/GetProofRequestParams",
                    "/network.ProverNetwork/GetProversByUptime",
                    "/network.ProverNetwork/GetMarketPricePerPgu"),
                false,
                Duration.ofSeconds(10),
                64,
                1000,
                Duration.ofSeconds(15),
                5,
                Duration.ofSeconds(1),
                Duration.ofSeconds(10),
                Duration.ofMinutes(1),
                Duration.ofMinutes(2),
                false));
    assertThat(settings.signer().address()).isEqualTo(SIGNER);
  }

  @Test
  void everySettingCanBeSet() {
    Config config =
        ConfigFactory.parseString(
                """
                private-proving.network {
                  rpc-url = "http://10.0.0.1:8080/"
                  fulfiller-key = "0x%s"
                  schema = "Auction"
                  fulfiller = "0x%s"
                  forward = ["GetNonce", "artifact.ArtifactStore/CreateArtifact"]
                  forward-authorization = true
                  call-timeout = 1s
                  max-calls = 2
                  max-waiting = 3
                  keep-alive = 4s
                  breaker { max-failures = 5, pause = 6s }
                  assignment-wait = 7s
                  reconcile-every = 8s
                  orphan-grace = 9s
                  fail-orphans = "All"
                }
                """
                    .formatted(KEY, "0e".repeat(20)))
            .withFallback(DEFAULTS);
    UpstreamSettings settings = UpstreamSettings.from(config);

    assertThat(settings)
        .isEqualTo(
            new UpstreamSettings(
                URI.create("http://10.0.0.1:8080/"),
                settings.signer(),
                Optional.of(Schema.AUCTION),
                Optional.of(new Address("0e".repeat(20))),
                List.of(
                    "/network.ProverNetwork/GetNonce", "/artifact.ArtifactStore/CreateArtifact"),
                true,
                Duration.ofSeconds(1),
                2,
                3,
                Duration.ofSeconds(4),
                5,
                Duration.ofSeconds(6),
                Duration.ofSeconds(7),
                Duration.ofSeconds(8),
                Duration.ofSeconds(9),
                true));
    assertThat(settings.signer().address()).isEqualTo(SIGNER);
  }

  @Test
  void aNetworkIsBehindUsIfItsUrlIsGiven() {
    assertThat(UpstreamSettings.isConfigured(DEFAULTS)).isFalse();
    assertThat(UpstreamSettings.isConfigured(with(DEFAULTS, "rpc-url", "  "))).isFalse();
    assertThat(UpstreamSettings.isConfigured(LEAST)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"auto,", "base, BASE", "auction, AUCTION", "BASE, BASE"})
  void theSchemaIsFoundOutOrGiven(String text, Schema schema) {
    assertThat(settings("schema", text).schema()).isEqualTo(Optional.ofNullable(schema));
  }

  @ParameterizedTest
  @CsvSource({
    "call-timeout, 100ms",
    "call-timeout, 55s",
    "assignment-wait, 0s",
    "assignment-wait, 55s",
    "orphan-grace, 0s",
    "orphan-grace, 1d",
    "reconcile-every, 1s",
    "reconcile-every, 1d",
    "keep-alive, 1s",
    "keep-alive, 1h",
    "breaker.pause, 10ms",
    "breaker.pause, 10m",
    "max-calls, 1",
    "max-calls, 10000",
    "max-waiting, 1",
    "max-waiting, 100000",
    "breaker.max-failures, 1",
    "breaker.max-failures, 10000"
  })
  void theEndsOfEachRangeAreInIt(String key, String value) {
    assertThat(settings(key, value)).isNotNull();
  }

  @ParameterizedTest
  @CsvSource({
    "rpc-url, rpc.example, scheme and authority",
    "rpc-url, rpc.example:443, scheme and authority",
    "rpc-url, https:rpc.example, scheme and authority",
    "rpc-url, ftp://rpc.example, scheme and authority",
    "rpc-url, https://, scheme and authority",
    "rpc-url, https://rpc.example/path, scheme and authority",
    "rpc-url, https://rpc.example?a=b, scheme and authority",
    "rpc-url, https://rpc.example#a, scheme and authority",
    "rpc-url, https://rpc.example:70000, scheme and authority",
    "rpc-url, https://rpc example, scheme and authority",
    "schema, new, 'new (expected: auto, base or auction)'",
    "fulfiller, 0x12, 'address: 1 bytes (expected: 20)'",
    "fulfiller, nobody, 'address: not hexadecimal'",
    "fail-orphans, none, 'none (expected: own or all)'",
    "forward-authorization, perhaps, ''",
    "call-timeout, 99ms, 99ms (expected: 100ms to 55000ms)",
    "call-timeout, 56s, 56000ms",
    "call-timeout, soon, ''",
    "max-calls, 0, 0 (expected: 1 to 10000)",
    "max-calls, 10001, 10001",
    "max-calls, many, ''",
    "max-waiting, 0, 0 (expected: 1 to 100000)",
    "max-waiting, 100001, 100001",
    "keep-alive, 999ms, 999ms",
    "keep-alive, 61m, 3660000ms",
    "breaker.max-failures, 0, 0 (expected: 1 to 10000)",
    "breaker.max-failures, 10001, 10001",
    "breaker.pause, 9ms, 9ms",
    "breaker.pause, 11m, 660000ms",
    "assignment-wait, -1s, -1000ms",
    "assignment-wait, 56s, 56000ms",
    "reconcile-every, 0s, 0ms",
    "reconcile-every, 25h, 90000000ms",
    "orphan-grace, -1s, -1000ms",
    "orphan-grace, 25h, 90000000ms"
  })
  void aWrongValueIsRefusedByItsKey(String key, String value, String message) {
    assertRefused(with(LEAST, key, value), key, message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rpc-url",
        "schema",
        "fulfiller-key",
        "fulfiller-key-file",
        "fulfiller",
        "forward",
        "forward-authorization",
        "call-timeout",
        "max-calls",
        "max-waiting",
        "keep-alive",
        "breaker.max-failures",
        "breaker.pause",
        "assignment-wait",
        "reconcile-every",
        "orphan-grace"
      })
  void aMissingValueIsRefusedByItsKey(String key) {
    assertRefused(LEAST.withoutPath(BLOCK + key), key, "missing");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/GetNonce", "a/b/c", "Get Nonce", "network.ProverNetwork/"})
  void whatIsForwardedIsAMethod(String method) {
    assertRefused(with(LEAST, "forward", List.of("GetNonce", method)), "forward", method);
  }

  @ParameterizedTest
  @CsvSource({"rpc-url, https://user:secret@rpc.example", "rpc-url, https://secret@rpc.example"})
  void credentialsInTheUrlAreRefusedAndNotRepeated(String key, String value) {
    assertRefused(with(LEAST, key, value), key, "scheme and authority");
    isNotRepeated(with(LEAST, key, value));
  }

  private static void isNotRepeated(Config config) {
    assertThatThrownBy(() -> UpstreamSettings.from(config))
        .satisfies(refused -> assertThat(refused).hasMessageNotContaining("secret").hasNoCause());
  }

  // The key.

  private static Config keyFile(Object file) {
    return with(with(LEAST, "fulfiller-key", ""), "fulfiller-key-file", file);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0x", " \n0x"})
  void theKeyMayLieInAFile(String before, @TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("key"), before + KEY + "\n");

    assertThat(UpstreamSettings.from(keyFile(file.toString())).signer().address())
        .isEqualTo(SIGNER);
  }

  @Test
  void exactlyOneOfTheTwoIsGiven(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("key"), KEY);

    assertRefused(
        with(LEAST, "fulfiller-key-file", file.toString()), "fulfiller-key", "given twice");
    assertRefused(keyFile(""), "fulfiller-key", "missing");
  }

  @ParameterizedTest
  @ValueSource(strings = {"secret", "0xsecret", "secretsecret02"})
  void aKeyThatIsNoneIsNotRepeated(String key, @TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("key"), key);

    assertRefused(with(LEAST, "fulfiller-key", key), "fulfiller-key", "not hexadecimal");
    isNotRepeated(with(LEAST, "fulfiller-key", key));
    assertRefused(keyFile(file.toString()), "fulfiller-key-file", "not hexadecimal");
    isNotRepeated(keyFile(file.toString()));
  }

  @Test
  void aNumberThatIsNoKeyOfTheCurveIsRefused() {
    for (String digits : List.of("00", "ff")) {
      assertRefused(with(LEAST, "fulfiller-key", digits.repeat(32)), "fulfiller-key", "not a key");
    }
  }

  @Test
  void aFileThatCannotBeReadIsRefusedAndItsNameNotRepeatedSinceItMayBeTheKey(@TempDir Path folder)
      throws Exception {
    Path binary = folder.resolve("secret-binary");
    Files.write(binary, new byte[] {(byte) 0xff, (byte) 0xfe});
    Path latin = folder.resolve("secret-latin");
    Files.write(latin, "é".getBytes(StandardCharsets.ISO_8859_1));
    for (String path :
        List.of("secret", "secret\0", folder.toString(), binary.toString(), latin.toString())) {
      assertRefused(keyFile(path), "fulfiller-key-file", "cannot be read");
      isNotRepeated(keyFile(path));
    }
  }

  @Test
  void aValueOfTheWrongFormIsNotRepeatedIfItIsSecret() {
    Config list = with(LEAST, "fulfiller-key", List.of("secret"));

    assertRefused(list, "fulfiller-key", "");
    isNotRepeated(list);
  }
}
