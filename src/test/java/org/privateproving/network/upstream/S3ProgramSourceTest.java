package org.privateproving.network.upstream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.privateproving.network.upstream.ProgramFixture.MAX_SIZE;
import static org.privateproving.network.upstream.ProgramFixture.random;
import static org.privateproving.network.upstream.ProgramFixture.result;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.apache.pekko.stream.javadsl.Sink;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.privateproving.domain.Refusal;
import org.privateproving.domain.Refusal.Reason;
import org.privateproving.network.ProgramUnavailable;
import org.privateproving.network.upstream.ProgramServer.Asked;

/** The real client, against what S3 looks like on the wire. */
@Timeout(120)
class S3ProgramSourceTest {
  private static final byte[] PROGRAM = random(1_000_003);
  // Of whoever runs this test.
  private static final List<String> FILES = List.of("aws.sharedCredentialsFile", "aws.configFile");

  private static ProgramFixture fixture;
  private static S3ProgramSource source;

  @BeforeAll
  static void start() throws Exception {
    FILES.forEach(property -> System.setProperty(property, "/dev/null"));
    fixture = new ProgramFixture();
    source = new S3ProgramSource(fixture.settings());
  }

  @AfterAll
  static void stop() throws Exception {
    FILES.forEach(System::clearProperty);
    source.close();
    fixture.close();
  }

  @Test
  void givesTheBytesAnonymously() throws Exception {
    fixture.server.on("/bucket/programs/artifact_1", ProgramServer.program(PROGRAM));

    assertThat(get("programs/artifact_1")).isEqualTo(PROGRAM);
    List<Asked> asked =
        fixture.server.asked().stream()
            .filter(a -> a.path().equals("/bucket/programs/artifact_1"))
            .toList();
    assertThat(asked).hasSize(1);
    assertThat(asked.getFirst().method()).isEqualTo("GET");
    assertThat(asked.getFirst().headers()).doesNotContainKey("Authorization");
  }

  @Test
  void signsWithCredentialsOfTheEnvironment() throws Exception {
    fixture.server.on("/bucket/signed", ProgramServer.program(PROGRAM));
    var credentials = Map.of("aws.accessKeyId", "AKIDEXAMPLE", "aws.secretAccessKey", "hidden");
    try {
      credentials.forEach(System::setProperty);
      assertThat(get("signed")).isEqualTo(PROGRAM);
    } finally {
      credentials.keySet().forEach(System::clearProperty);
    }

    assertThat(get("signed")).isEqualTo(PROGRAM);
    List<Asked> asked =
        fixture.server.asked().stream().filter(a -> a.path().equals("/bucket/signed")).toList();
    assertThat(asked.getFirst().headers().getFirst("Authorization"))
        .startsWith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/")
        .contains("/us-east-2/s3/");
    assertThat(asked.getLast().headers()).doesNotContainKey("Authorization");
  }

  @ParameterizedTest
  @CsvSource({"404, NoSuchKey", "403, AccessDenied", "301, PermanentRedirect", "400, BadRequest"})
  void whatIsNotGivenOutIsFinal(int status, String code) {
    fixture.server.on("/bucket/final", error(status, code));
    assertThatThrownBy(() -> get("final"))
        .isInstanceOf(ProgramUnavailable.class)
        .hasMessageContaining("bucket/…/final")
        .hasMessageContaining("HTTP status " + status);
  }

  @ParameterizedTest
  @CsvSource({"503, SlowDown", "500, InternalError", "429, TooManyRequests"})
  void whatMayPassIsTriedAgainByTheCaller(int status, String code) {
    String key = "busy" + status;
    fixture.server.on("/bucket/" + key, error(status, code));
    assertThatThrownBy(() -> get(key))
        .isInstanceOfSatisfying(
            Refusal.class, refusal -> assertThat(refusal.reason()).isEqualTo(Reason.TRY_AGAIN));
    assertThat(fixture.server.asked("/bucket/" + key)).isEqualTo(1);
  }

  @Test
  void whatSaysThatItIsTooLargeIsNotRead() {
    fixture.server.on("/bucket/large", ProgramServer.program(new byte[MAX_SIZE + 1]));
    assertThatThrownBy(() -> get("large"))
        .isInstanceOf(ProgramUnavailable.class)
        .hasMessageContaining("larger than " + MAX_SIZE);
  }

  @Test
  void bytesThatEndTooEarlyAreNoProgram() {
    fixture.server.on("/bucket/cut", ProgramServer.cutOff(PROGRAM));
    assertThatThrownBy(() -> get("cut"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("Premature EOF");
  }

  @Test
  void blocksOnADispatcherOfItsOwnAndNotForEver() {
    var never = new CountDownLatch(1);
    fixture.server.on("/bucket/silent", ProgramServer.after(never, ProgramServer.program(PROGRAM)));
    var settings = fixture.settings(Duration.ofSeconds(3), Duration.ofMinutes(1));
    try (var impatient = new S3ProgramSource(settings)) {
      var running =
          impatient
              .open(new ProgramUri.S3("bucket", "silent"))
              .runWith(Sink.ignore(), fixture.materializer);

      await().until(() -> blockedThread().isPresent());
      assertThat(blockedThread()).get().asString().contains("programs-dispatcher");
      assertThatThrownBy(() -> result(running)).hasMessageContaining("Read timed out");
    } finally {
      never.countDown();
    }
  }

  @Test
  void isClosedForGood() {
    var closed = new S3ProgramSource(fixture.settings());
    closed.close();
    assertThatThrownBy(() -> fixture.bytes(closed.open(new ProgramUri.S3("bucket", "any"))))
        .hasMessage("closed");
  }

  /** The name of the thread that waits in the S3 client. */
  private static Optional<String> blockedThread() {
    return Thread.getAllStackTraces().entrySet().stream()
        .filter(
            thread ->
                Arrays.stream(thread.getValue())
                    .anyMatch(
                        frame -> frame.getClassName().equals(S3ProgramSource.class.getName())))
        .map(thread -> thread.getKey().getName())
        .findAny();
  }

  private static ProgramServer.Answer error(int status, String code) {
    String xml =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>%s</Code></Error>".formatted(code);
    return ProgramServer.status(status, xml.getBytes(UTF_8));
  }

  private static byte[] get(String key) throws Exception {
    return fixture.bytes(source.open(new ProgramUri.S3("bucket", key)));
  }
}
