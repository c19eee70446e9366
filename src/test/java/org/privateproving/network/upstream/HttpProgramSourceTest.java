package org.privateproving.network.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.privateproving.network.upstream.ProgramFixture.MAX_SIZE;
import static org.privateproving.network.upstream.ProgramFixture.random;
import static org.privateproving.network.upstream.ProgramFixture.result;

import java.io.IOException;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.privateproving.domain.Refusal;
import org.privateproving.domain.Refusal.Reason;
import org.privateproving.network.ProgramUnavailable;

/** Against a real web server. */
@Timeout(120)
class HttpProgramSourceTest {
  private static final byte[] PROGRAM = random(1_000_003);

  private static ProgramFixture fixture;
  private static HttpProgramSource source;

  @BeforeAll
  static void start() throws Exception {
    fixture = new ProgramFixture();
    source = new HttpProgramSource(fixture.settings());
  }

  @AfterAll
  static void stop() throws Exception {
    source.close();
    fixture.close();
  }

  @Test
  void givesTheBytesAndSendsNoCredentials() throws Exception {
    fixture.server.on("/programs/plain", ProgramServer.program(PROGRAM));

    assertThat(get("/programs/plain?token=x")).isEqualTo(PROGRAM);
    var asked =
        fixture.server.asked().stream().filter(a -> a.path().equals("/programs/plain")).toList();
    assertThat(asked).hasSize(1);
    assertThat(asked.getFirst().method()).isEqualTo("GET");
    assertThat(asked.getFirst().headers()).doesNotContainKeys("Authorization", "Cookie");
  }

  @Test
  void givesWhatComesInChunks() throws Exception {
    fixture.server.on("/chunked", ProgramServer.chunked(PROGRAM));
    assertThat(get("/chunked")).isEqualTo(PROGRAM);
  }

  @Test
  void asksNothingBeforeItRuns() {
    open("/never");
    assertThat(fixture.server.asked("/never")).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 303, 307, 308})
  void followsRedirects(int status) throws Exception {
    fixture.server.on("/old" + status, ProgramServer.redirect(status, "/new"));
    fixture.server.on("/new", ProgramServer.program(PROGRAM));

    assertThat(get("/old" + status)).isEqualTo(PROGRAM);
  }

  @Test
  void noRedirectLeadsWhereItMayNotAsk() {
    for (String elsewhere :
        List.of("http://store.example/secret", "s3://bucket/secret", "file:///secret", "::")) {
      fixture.server.on("/away", ProgramServer.redirect(302, elsewhere));
      assertThatThrownBy(() -> get("/away"))
          .isInstanceOf(ProgramUnavailable.class)
          .hasMessageNotContaining("token");
    }
  }

  @Test
  void givesUpOnRedirectsThatLeadNowhere() {
    fixture.server.on("/circle", ProgramServer.redirect(302, "/circle"));
    assertThatThrownBy(() -> get("/circle"))
        .isInstanceOf(ProgramUnavailable.class)
        .hasMessageContaining("too many redirects");
    assertThat(fixture.server.asked("/circle")).isEqualTo(6);

    fixture.server.on("/nowhere", ProgramServer.status(302));
    assertThatThrownBy(() -> get("/nowhere")).isInstanceOf(ProgramUnavailable.class);
  }

  @Test
  void asksNobodyElseInClearText() {
    assertThatThrownBy(
            () -> fixture.bytes(source.open(web("http://store.example/programs/artifact_1?token"))))
        .isInstanceOf(ProgramUnavailable.class)
        .hasMessageContaining("store.example/…/artifact_1")
        .hasMessageContaining("clear text")
        .hasMessageNotContaining("token");
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 401, 403, 404, 410, 204, 206, 304})
  void whatIsNotGivenOutIsFinal(int status) {
    byte[] body = status == 204 || status == 304 ? new byte[0] : random(100_000);
    fixture.server.on(
        "/final" + status,
        body.length == 0
            ? exchange -> exchange.sendResponseHeaders(status, -1)
            : ProgramServer.status(status, body));

    assertThatThrownBy(() -> get("/final" + status + "?token=x"))
        .isInstanceOf(ProgramUnavailable.class)
        .hasMessageContaining("localhost/…/final" + status)
        .hasMessageContaining("HTTP status " + status)
        .hasMessageNotContaining("token");
  }

  @ParameterizedTest
  @ValueSource(ints = {408, 425, 429, 500, 502, 503, 504})
  void whatMayPassIsTriedAgain(int status) {
    fixture.server.on("/busy" + status, ProgramServer.status(status));

    assertThatThrownBy(() -> get("/busy" + status))
        .isInstanceOfSatisfying(
            Refusal.class, refusal -> assertThat(refusal.reason()).isEqualTo(Reason.TRY_AGAIN));
  }

  @Test
  void whatSaysThatItIsTooLargeIsNotRead() {
    fixture.server.on("/large", ProgramServer.program(new byte[MAX_SIZE + 1]));
    assertThatThrownBy(() -> get("/large"))
        .isInstanceOf(ProgramUnavailable.class)
        .hasMessageContaining("larger than " + MAX_SIZE);
  }

  @Test
  void bytesThatEndTooEarlyAreNoProgram() {
    fixture.server.on("/cut", ProgramServer.cutOff(PROGRAM));
    fixture.server.on("/chunks-cut", ProgramServer.chunkedCutOff(PROGRAM));

    assertThatThrownBy(() -> get("/cut")).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> get("/chunks-cut")).isInstanceOf(IOException.class);
  }

  @Test
  void aSilentServerIsLeft() {
    var never = new CountDownLatch(1);
    fixture.server.on("/silent", ProgramServer.after(never, ProgramServer.program(PROGRAM)));
    var settings =
        ProgramFixture.settings(Duration.ofMillis(100), Duration.ofMinutes(1), Optional.empty());
    try (var impatient = new HttpProgramSource(settings)) {
      assertThatThrownBy(() -> fixture.bytes(impatient.open(web(fixture.server.url("/silent")))))
          .isInstanceOf(HttpTimeoutException.class);
    } finally {
      never.countDown();
    }
  }

  @Test
  void aSlowServerIsWaitedFor() throws Exception {
    var halfway = new CountDownLatch(1);
    fixture.server.on("/slow", ProgramServer.halting(PROGRAM, halfway));

    byte[] bytes =
        fixture.bytes(
            open("/slow")
                .map(
                    piece -> {
                      halfway.countDown();
                      return piece;
                    }));

    assertThat(bytes).isEqualTo(PROGRAM);
  }

  @Test
  void cancellingLetsGoOfTheConnection() throws Exception {
    var cut = new CountDownLatch(1);
    fixture.server.on(
        "/endless",
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          try {
            while (true) {
              exchange.getResponseBody().write(new byte[1 << 16]);
            }
          } catch (IOException e) {
            cut.countDown();
            throw e;
          }
        });

    result(open("/endless").runWith(Sink.head(), fixture.materializer));

    await().until(() -> cut.getCount() == 0);
  }

  private static byte[] get(String path) throws Exception {
    return fixture.bytes(open(path));
  }

  private static Source<ByteString, ?> open(String path) {
    return source.open(web(fixture.server.url(path)));
  }

  private static ProgramUri.Web web(String uri) {
    return (ProgramUri.Web) ProgramUri.parse(uri);
  }
}
