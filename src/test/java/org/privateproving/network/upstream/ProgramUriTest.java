package org.privateproving.network.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.privateproving.network.ProgramUnavailable;
import org.privateproving.network.upstream.ProgramUri.Http;
import org.privateproving.network.upstream.ProgramUri.Https;
import org.privateproving.network.upstream.ProgramUri.S3;

class ProgramUriTest {

  @ParameterizedTest
  @CsvSource({
    "https://store.example/programs/artifact_1,          store.example/…/artifact_1",
    "https://store.example:8443/artifact_1?token=secret, store.example/…/artifact_1",
    "HTTPS://store.example/artifact_1#part,              store.example/…/artifact_1",
    "http://store.example/a/b,                           store.example/…/b",
    "http://[::1]:8080/a/b?q,                            [::1]/…/b",
    "s3://spn-artifacts/programs/artifact_1,             spn-artifacts/…/artifact_1",
    "s3://bucket/key?token=secret,                       bucket/…/key",
    "https://store.example/a/,                           store.example/…/",
  })
  void showsTheHostAndTheLastPartOfThePath(String text, String shown) {
    assertThat(ProgramUri.parse(text)).hasToString(shown);
  }

  @Test
  void showsNoMoreThanTheBeginningOfALongName() {
    assertThat(ProgramUri.parse("https://store.example/" + "a".repeat(65)))
        .hasToString("store.example/…/" + "a".repeat(64) + "…");
  }

  @Test
  void keepsWhatIsAskedFor() {
    assertThat(ProgramUri.parse("https://store.example/a%20b?token=x"))
        .isInstanceOfSatisfying(
            Https.class,
            https ->
                assertThat(https.uri().toString())
                    .isEqualTo("https://store.example/a%20b?token=x"));
    assertThat(ProgramUri.parse("http://store.example/a")).isInstanceOf(Http.class);
    assertThat(ProgramUri.parse("s3://my.bucket-1/programs/a%20b+c"))
        .isEqualTo(new S3("my.bucket-1", "programs/a%20b+c"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "artifact_1",
        "/programs/artifact_1",
        "ftp://store.example/secret",
        "file:///etc/secret",
        "https:/secret",
        "https://",
        "https:///secret",
        "https://store.example",
        "https://store.example/",
        "https://user:secret@store.example/a",
        "https://store.example/se cret",
        "https://store.example/a\nsecret",
        "https://bad_host/secret",
        "s3://",
        "s3://bucket",
        "s3://bucket/",
        "s3:///secret",
        "s3://b/secret",
        "s3://Bucket/secret",
        "s3://evil.example#.s3/secret",
        "s3://user@bucket/secret",
        "s3://bucket/../secret",
        "s3://bucket/a/./secret",
      })
  void refusesWhatIsNoneWithoutQuotingIt(String text) {
    assertThatThrownBy(() -> ProgramUri.parse(text))
        .isInstanceOf(ProgramUnavailable.class)
        .hasMessageStartingWith("program_uri: ")
        .hasMessageNotContaining("secret")
        .hasMessageNotContaining("se cret")
        .hasNoCause();
  }

  @Test
  void refusesWhatIsTooLong() {
    String key = "k".repeat(1024);
    assertThat(ProgramUri.parse("s3://bucket/" + key)).isEqualTo(new S3("bucket", key));
    assertThatThrownBy(() -> ProgramUri.parse("s3://bucket/k" + key))
        .isInstanceOf(ProgramUnavailable.class);
    assertThatThrownBy(() -> ProgramUri.parse("https://store.example/" + "a".repeat(2048)))
        .isInstanceOf(ProgramUnavailable.class);
  }

  @ParameterizedTest
  @CsvSource({
    "localhost, true",
    "LOCALHOST, true",
    "127.0.0.1, true",
    "127.9.9.9, true",
    "[::1], true",
    "127.0.0.1.example, false",
    "localhost.example, false",
    "0.0.0.0, false",
    "10.0.0.1, false",
    "[::2], false",
  })
  void knowsThisMachineByItsName(String host, boolean loopback) {
    assertThat(ProgramUri.parse("http://" + host + ":8080/a"))
        .isInstanceOfSatisfying(
            Http.class, http -> assertThat(http.loopback()).isEqualTo(loopback));
  }
}
