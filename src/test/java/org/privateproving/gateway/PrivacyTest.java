package org.privateproving.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.apache.pekko.stream.javadsl.Source;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.privateproving.artifact.ArtifactId;
import org.privateproving.artifact.ArtifactStore.Download;
import org.slf4j.LoggerFactory;

/** Paths under /uploads and /proofs open things, so no log line may quote one. */
@Timeout(60)
class PrivacyTest {
  private static final String MARKER = "c4pab1l1ty";

  @Test
  void noLogLineHoldsACapability() throws Exception {
    Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    ListAppender<ILoggingEvent> seen = new ListAppender<>();
    seen.start();
    root.addAppender(seen);
    try (RunningGateway gateway = RunningGateway.start("transfer-idle = 1s")) {
      String path = "/uploads/" + UUID.randomUUID() + "/" + MARKER;
      for (String request :
          List.of(
              "PUT " + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n1",
              "PUT " + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n",
              "PUT " + path + "|{} HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n1",
              "PUT " + path + " HTTP/1.1\r\nContent-Length: 1\r\n\r\n1",
              "PUT " + path + " HTTP/3.1\r\nHost: x\r\n\r\n",
              "PUT " + path + "x".repeat(3000) + " HTTP/1.1\r\nHost: x\r\n\r\n",
              "PUT " + path + " HTTP/1.1\r\nHost: x\r\nReferer: \u0001" + MARKER + "\r\n\r\n",
              "GET " + path + " HTTP/1.1\r\nHost: x\r\nAccept: ;;" + MARKER + "\r\n\r\n",
              MARKER + " " + path + " HTTP/1.1\r\nHost: x\r\n\r\n")) {
        assertThat(answer(gateway, request)).startsWith("HTTP/1.1 ").doesNotContain(MARKER);
      }
      breakingDownload(gateway);
    } finally {
      root.detachAppender(seen);
    }

    assertThat(seen.list)
        .as("what the server said of the download that broke off")
        .anyMatch(event -> event.getFormattedMessage().contains("/proofs/…"))
        .allSatisfy(
            event -> {
              assertThat(event.getFormattedMessage())
                  .doesNotContain(MARKER, MemoryArtifacts.CAPABILITY);
              if (event.getThrowableProxy() != null) {
                assertThat(ThrowableProxyUtil.asString(event.getThrowableProxy()))
                    .doesNotContain(MARKER, MemoryArtifacts.CAPABILITY);
              }
            });
  }

  @ParameterizedTest
  @CsvSource({
    "PUT, /uploads/1/c4pab1l1ty%zz, localhost, text/plain",
    "PUT, /uploads/1/2, u:c4pab1l1ty@localhost, text/plain",
    "c4pab1l1ty, /uploads/1/2, localhost, text/plain",
    "PUT, /uploads/1/2, localhost, c4pab1l1ty;;",
  })
  void noLogLineQuotesAMalformedRequestOfHttp2(
      String method, String path, String authority, String contentType) throws Exception {
    Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    ListAppender<ILoggingEvent> seen = new ListAppender<>();
    seen.start();
    root.addAppender(seen);
    try (RunningGateway gateway = RunningGateway.start("");
        RawHttp2 client = new RawHttp2(gateway.port)) {
      client.request(
          1,
          ":method",
          method,
          ":scheme",
          "http",
          ":path",
          path,
          ":authority",
          authority,
          "content-type",
          contentType);
      client.next(RawHttp2.GOAWAY, RawHttp2.RST_STREAM, RawHttp2.HEADERS);
    } finally {
      root.detachAppender(seen);
    }

    assertThat(seen.list)
        .allSatisfy(
            event -> {
              assertThat(event.getFormattedMessage()).doesNotContain(MARKER);
              if (event.getThrowableProxy() != null) {
                assertThat(ThrowableProxyUtil.asString(event.getThrowableProxy()))
                    .doesNotContain(MARKER);
              }
            });
  }

  private static void breakingDownload(RunningGateway gateway) throws Exception {
    ArtifactId id = new ArtifactId(UUID.randomUUID());
    gateway.artifacts.proofs.put(
        id, new Download(5, Source.failed(new IllegalStateException("lost"))));
    String request =
        "GET " + gateway.artifacts.proofPath(id) + "?" + MARKER + " HTTP/1.1\r\nHost: x\r\n\r\n";

    assertThatThrownBy(() -> answer(gateway, request)).isInstanceOf(SocketException.class);
  }

  private static String answer(RunningGateway gateway, String request) throws Exception {
    try (Socket socket = new Socket("127.0.0.1", gateway.port)) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().flush();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }
}
