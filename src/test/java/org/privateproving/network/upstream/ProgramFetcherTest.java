package org.privateproving.network.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.privateproving.network.upstream.ProgramFixture.MAX_SIZE;
import static org.privateproving.network.upstream.ProgramFixture.random;
import static org.privateproving.network.upstream.ProgramFixture.result;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import org.apache.pekko.actor.ActorSystem;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.privateproving.artifact.ArtifactId;
import org.privateproving.artifact.ArtifactInfo;
import org.privateproving.artifact.ArtifactKind;
import org.privateproving.domain.Address;
import org.privateproving.domain.Refusal;
import org.privateproving.domain.Refusal.Reason;
import org.privateproving.domain.VkHash;
import org.privateproving.network.ProgramUnavailable;
import org.slf4j.LoggerFactory;

/** On a real store, from a real web server. */
@Timeout(180)
class ProgramFetcherTest {
  private static final Address OWNER = new Address("aa".repeat(20));
  private static final VkHash VK_HASH = new VkHash("0b".repeat(32));
  private static final byte[] PROGRAM = random(2_500_003);

  private static ProgramFixture fixture;
  private static ProgramFetcher fetcher;

  private final ArtifactId id = new ArtifactId(UUID.randomUUID());
  private final String path = "/programs/artifact_" + id;

  @BeforeAll
  static void start() throws Exception {
    fixture = new ProgramFixture();
    fetcher = fetcher(fixture.settings());
  }

  @AfterAll
  static void stop() throws Exception {
    fetcher.close();
    fixture.close();
  }

  private static ProgramFetcher fetcher(ProgramSettings settings) {
    return new ProgramFetcher(fixture.store, settings, fixture.system);
  }

  @Test
  void aProgramIsFetchedOnce() throws Exception {
    fixture.server.on(path, ProgramServer.program(PROGRAM));

    result(provide());

    ArtifactInfo info = result(fixture.store.find(id)).orElseThrow();
    assertThat(info.complete()).isTrue();
    assertThat(info.kind()).isEqualTo(ArtifactKind.PROGRAM);
    assertThat(info.owner()).isEqualTo(OWNER);
    assertThat(info.claimedBy()).contains("program:" + VK_HASH.hex());
    assertThat(fixture.stored(id)).isEqualTo(PROGRAM);
    result(provide());
    assertThat(fixture.server.asked(path)).isEqualTo(1);
  }

  @Test
  void canBeClosedWhenItsActorsAreGone() throws Exception {
    var system = ActorSystem.create("short-lived");
    var orphan = new ProgramFetcher(fixture.store, fixture.settings(), system);
    system.terminate();
    result(system.getWhenTerminated());

    orphan.close();

    assertThatThrownBy(() -> result(provide(orphan, id, fixture.server.url(path))))
        .isInstanceOf(Refusal.class);
  }

  @Test
  void comesFromS3AsWell() throws Exception {
    fixture.server.on("/bucket" + path, ProgramServer.program(PROGRAM));

    result(provide(fetcher, id, "s3://bucket" + path));

    assertThat(fixture.stored(id)).isEqualTo(PROGRAM);
  }

  @Test
  void fiftyCallersShareOneDownload() throws Exception {
    var all = new CountDownLatch(1);
    fixture.server.on(path, ProgramServer.after(all, ProgramServer.program(PROGRAM)));

    List<CompletionStage<Void>> callers = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      callers.add(provide());
    }
    all.countDown();

    for (CompletionStage<Void> caller : callers) {
      result(caller);
    }
    assertThat(fixture.server.asked(path)).isEqualTo(1);
    assertThat(attempts()).isEqualTo(1);
  }

  @Test
  void twoServersAtOnceBothEndWell() throws Exception {
    var both = new CountDownLatch(2);
    fixture.server.on(
        path,
        exchange -> {
          both.countDown();
          ProgramServer.after(both, ProgramServer.program(PROGRAM)).give(exchange);
        });

    try (ProgramFetcher other = fetcher(fixture.settings())) {
      CompletionStage<Void> one = provide();
      CompletionStage<Void> two = provide(other, id, fixture.server.url(path));
      result(one);
      result(two);
    }

    assertThat(fixture.server.asked(path)).isEqualTo(2);
    assertThat(fixture.stored(id)).isEqualTo(PROGRAM);
    assertThat(attempts()).isEqualTo(1);
  }

  @Test
  void aFewAreFetchedAtOnceAndTheOthersWait() throws Exception {
    try (var programs = new ProgramServer();
        ProgramFetcher own = fetcher(fixture.settings())) {
      var open = new CountDownLatch(1);
      List<CompletionStage<Void>> all = new ArrayList<>();
      for (int i = 0; i < 9; i++) {
        programs.on("/" + i, ProgramServer.after(open, ProgramServer.program(PROGRAM)));
        all.add(provide(own, new ArtifactId(UUID.randomUUID()), programs.url("/" + i)));
      }
      await().until(() -> programs.asked().size() == 4);
      open.countDown();

      for (CompletionStage<Void> one : all) {
        result(one);
      }
      assertThat(programs.asked()).hasSize(9);
      assertThat(programs.mostAtOnce()).isEqualTo(4);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {500, 503, 429})
  void whatMayPassIsTriedAgain(int status) throws Exception {
    fixture.server.on(path, ProgramServer.status(status), ProgramServer.program(PROGRAM));

    result(provide());

    assertThat(fixture.server.asked(path)).isEqualTo(2);
    assertThat(fixture.stored(id)).isEqualTo(PROGRAM);
  }

  @Test
  void whatBreaksOffIsTriedAgainAndLeavesNothing() throws Exception {
    fixture.server.on(path, ProgramServer.cutOff(PROGRAM), ProgramServer.program(PROGRAM));

    result(provide());

    assertThat(fixture.stored(id)).isEqualTo(PROGRAM);
    assertThat(attempts()).isEqualTo(1);
    assertThat(
            fixture.count(
                "artifact_chunk WHERE attempt NOT IN"
                    + " (SELECT attempt FROM artifact WHERE attempt IS NOT NULL)"))
        .isZero();
  }

  @Test
  void whatKeepsBreakingOffMayBeAskedForAgain() throws Exception {
    fixture.server.on(path, ProgramServer.cutOff(PROGRAM));

    assertTryAgain(() -> result(provide()));
    assertThat(fixture.server.asked(path)).isEqualTo(4);
    assertThat(attempts()).isZero();

    fixture.server.on(path, ProgramServer.program(PROGRAM));
    result(provide());
    assertThat(fixture.stored(id)).isEqualTo(PROGRAM);
  }

  @Test
  void aServerThatIsAwayMayComeBack() throws Exception {
    String away;
    try (var gone = new ProgramServer()) {
      away = gone.url(path);
    }
    assertTryAgain(() -> result(provide(fetcher, id, away)));
  }

  @ParameterizedTest
  @ValueSource(ints = {404, 403, 410})
  void whatIsGoneIsFinal(int status) throws Exception {
    fixture.server.on(path, ProgramServer.status(status));

    assertThatThrownBy(() -> result(provide())).isInstanceOf(ProgramUnavailable.class);
    assertThat(fixture.server.asked(path)).isEqualTo(1);
    assertThat(attempts()).isZero();
  }

  @Test
  void whatIsTooLargeIsFinalWhetherOrNotItSaysSo() throws Exception {
    byte[] large = new byte[MAX_SIZE + 1];
    fixture.server.on(path, ProgramServer.program(large));
    fixture.server.on(path + "-chunked", ProgramServer.chunked(large));

    for (String one : List.of(path, path + "-chunked")) {
      assertThatThrownBy(() -> result(provide(fetcher, id, fixture.server.url(one))))
          .isInstanceOf(ProgramUnavailable.class)
          .hasMessageContaining("larger than " + MAX_SIZE);
      assertThat(fixture.server.asked(one)).isEqualTo(1);
    }
    assertThat(attempts()).isZero();
  }

  @Test
  void theLargestIsTaken() throws Exception {
    byte[] largest = random(MAX_SIZE);
    fixture.server.on(path, ProgramServer.chunked(largest));
    result(provide());
    assertThat(fixture.stored(id)).isEqualTo(largest);
  }

  @Test
  void whatWasErasedIsFinal() throws Exception {
    fixture.server.on(path, ProgramServer.program(PROGRAM));
    result(provide());
    result(fixture.store.erase(id));

    assertThatThrownBy(() -> result(provide()))
        .isInstanceOf(ProgramUnavailable.class)
        .hasMessageContaining("erased");
    assertThat(attempts()).isZero();
  }

  @Test
  void aDownloadThatStandsStillEndsWithTheTotal() throws Exception {
    var never = new CountDownLatch(1);
    fixture.server.on(path, ProgramServer.halting(PROGRAM, never));
    ProgramSettings brief = fixture.settings(Duration.ofSeconds(30), Duration.ofSeconds(1));
    try (ProgramFetcher impatient = fetcher(brief)) {
      assertTryAgain(() -> result(provide(impatient, id, fixture.server.url(path))));
      await().until(() -> attempts() == 0);
      assertThat(fixture.server.asked(path)).isEqualTo(1);
    } finally {
      never.countDown();
    }
  }

  @Test
  void aServerThatFallsSilentIsLeft() throws Exception {
    var never = new CountDownLatch(1);
    fixture.server.on(path, ProgramServer.halting(PROGRAM, never), ProgramServer.program(PROGRAM));
    ProgramSettings brief = fixture.settings(Duration.ofMillis(100), Duration.ofMinutes(1));
    try (ProgramFetcher impatient = fetcher(brief)) {
      result(provide(impatient, id, fixture.server.url(path)));
      assertThat(fixture.stored(id)).isEqualTo(PROGRAM);
    } finally {
      never.countDown();
    }
  }

  @Test
  void nothingIsFetchedOnceItIsClosed() {
    fixture.server.on(path, ProgramServer.program(PROGRAM));
    ProgramFetcher closed = fetcher(fixture.settings());
    closed.close();

    assertTryAgain(() -> result(provide(closed, id, fixture.server.url(path))));
    assertThat(fixture.server.asked(path)).isZero();
  }

  @Test
  void neitherMessagesNorLogsHoldMoreOfTheUriThanItsEnds() throws Exception {
    fixture.server.on(path, ProgramServer.status(404));
    fixture.server.on(path + "-cut", ProgramServer.cutOff(PROGRAM));
    fixture.server.on(path + "-away", ProgramServer.redirect(302, "http://a.example/marker/x"));
    List<String> uris =
        List.of(
            fixture.server.url(path + "?token=marker"),
            fixture.server.url(path + "-cut?token=marker"),
            fixture.server.url(path + "-away?token=marker"),
            "https://marker:marker@store.example/a",
            "http://store.example/marker/a?marker",
            "https://127.0.0.1:1/marker/a?marker",
            "s3://bucket/marker/a?marker",
            "gopher://marker");

    var events = new ListAppender<ILoggingEvent>();
    var root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    Level before = root.getLevel();
    events.start();
    root.addAppender(events);
    root.setLevel(Level.INFO);
    List<String> messages = new ArrayList<>();
    try {
      for (String uri : uris) {
        messages.add(failure(uri));
      }
    } finally {
      root.setLevel(before);
      root.detachAppender(events);
    }

    // Each failure is told once, by us: streams would log it with whatever it says.
    assertThat(events.list).hasSize(uris.size() - 2);
    events.list.forEach(event -> messages.add(event.getFormattedMessage()));
    assertThat(messages).noneMatch(message -> message.contains("marker"));
  }

  private String failure(String uri) {
    try {
      result(provide(fetcher, id, uri));
      throw new AssertionError("fetched from " + uri);
    } catch (Exception e) {
      return e.toString() + e.getCause();
    }
  }

  private CompletionStage<Void> provide() {
    return provide(fetcher, id, fixture.server.url(path));
  }

  private static CompletionStage<Void> provide(ProgramFetcher by, ArtifactId id, String uri) {
    return by.provide(id, OWNER, VK_HASH, uri);
  }

  private long attempts() throws Exception {
    return fixture.count("artifact_attempt WHERE artifact_id = '" + id + "'");
  }

  private static void assertTryAgain(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            Refusal.class, refusal -> assertThat(refusal.reason()).isEqualTo(Reason.TRY_AGAIN));
  }
}
