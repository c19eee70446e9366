package org.privateproving.network.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.privateproving.network.upstream.NetworkKit.get;

import io.grpc.Status;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.ManualTime;
import org.apache.pekko.pattern.CircuitBreakerOpenException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.privateproving.domain.SettableClock;
import org.privateproving.network.NetworkRefusal;

/** Time passes as the test says, for the breaker's pauses as for the clock. */
class ReachabilityTest {
  private static final int MAX_FAILURES = 3;
  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
  private static final Set<Status.Code> AWAY =
      Set.of(Status.Code.UNAVAILABLE, Status.Code.DEADLINE_EXCEEDED);

  private static ActorTestKit actors;
  private static ManualTime time;

  private final SettableClock clock = new SettableClock(NOW);
  private final AtomicInteger made = new AtomicInteger();
  private Reachability reachability;

  @BeforeAll
  static void start() {
    actors = ActorTestKit.create(ManualTime.config());
    time = ManualTime.get(actors.system());
  }

  @BeforeEach
  void create() {
    reachability =
        new Reachability(actors.system(), "The network", MAX_FAILURES, CALL_TIMEOUT, PAUSE, clock);
  }

  @AfterAll
  static void stop() {
    actors.shutdownTestKit();
  }

  private CompletionStage<String> call(CompletableFuture<String> answer) {
    return reachability.guard(
        () -> {
          made.incrementAndGet();
          return answer;
        });
  }

  private void succeeds() throws Exception {
    assertThat(get(call(CompletableFuture.completedFuture("answer")))).isEqualTo("answer");
  }

  private void failsWith(Throwable failure) {
    assertThatThrownBy(() -> get(call(CompletableFuture.failedFuture(failure))))
        .cause()
        .isSameAs(failure);
  }

  private void failsAway() {
    failsWith(refusal(Status.Code.UNAVAILABLE));
  }

  private void isRefusedWithoutACall() {
    int before = made.get();
    assertThatThrownBy(() -> get(call(CompletableFuture.completedFuture("answer"))))
        .cause()
        .isInstanceOf(CircuitBreakerOpenException.class);
    assertThat(made).hasValue(before);
  }

  private static NetworkRefusal refusal(Status.Code code) {
    return new NetworkRefusal(code.toStatus());
  }

  private void open() {
    for (int i = 0; i < MAX_FAILURES; i++) {
      failsAway();
    }
    isOpen();
  }

  private void isOpen() {
    // The breaker tells its listeners on another thread.
    await().until(() -> reachability.awaySince().isPresent());
    isRefusedWithoutACall();
  }

  private void halfOpen() {
    open();
    time.timePasses(PAUSE);
  }

  @Test
  void closedLetsEveryCallThrough() throws Exception {
    for (int i = 0; i < 2 * MAX_FAILURES; i++) {
      succeeds();
    }
    assertThat(made).hasValue(2 * MAX_FAILURES);
    assertThat(reachability.awaySince()).isEmpty();
  }

  @Test
  void onlyFailuresInARowCount() throws Exception {
    for (int i = 0; i < 5; i++) {
      failsAway();
      failsAway();
      succeeds();
    }
    assertThat(reachability.awaySince()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(value = Status.Code.class, mode = EnumSource.Mode.EXCLUDE, names = "OK")
  void onlySilenceCountsNotWhatAnAnswerSays(Status.Code code) throws Exception {
    for (int i = 0; i < MAX_FAILURES; i++) {
      failsWith(refusal(code));
    }
    if (AWAY.contains(code)) {
      isOpen();
    } else {
      succeeds();
      assertThat(reachability.awaySince()).isEmpty();
    }
  }

  @Test
  void aBrokenConnectionCountsHoweverItIsWrapped() {
    for (int i = 0; i < MAX_FAILURES; i++) {
      assertThatThrownBy(
              () ->
                  get(
                      call(
                          CompletableFuture.failedFuture(
                              new CompletionException(new IOException("broken"))))))
          .hasRootCauseInstanceOf(IOException.class);
    }
    isOpen();
  }

  @Test
  void aCallWithoutAnEndCountsWhenItsTimeIsUp() {
    for (int i = 0; i < MAX_FAILURES; i++) {
      CompletionStage<String> call = call(new CompletableFuture<>());
      time.timePasses(CALL_TIMEOUT);
      assertThatThrownBy(() -> get(call)).isNotNull();
    }
    isOpen();
  }

  @Test
  void openIsAwaySinceItOpened() {
    clock.advance(Duration.ofHours(1));
    open();

    clock.advance(Duration.ofHours(1));

    assertThat(reachability.awaySince()).contains(NOW.plus(Duration.ofHours(1)));
  }

  @Test
  void openLetsNothingThroughBeforeThePauseIsOver() {
    open();
    time.timePasses(PAUSE.minusMillis(1));
    isRefusedWithoutACall();
  }

  @Test
  void halfOpenLetsOneThrough() throws Exception {
    halfOpen();
    CompletableFuture<String> answer = new CompletableFuture<>();
    CompletionStage<String> probe = call(answer);

    isRefusedWithoutACall();
    assertThat(reachability.awaySince()).contains(NOW);

    answer.complete("answer");
    assertThat(get(probe)).isEqualTo("answer");
  }

  @Test
  void anAnswerClosesItAgain() throws Exception {
    halfOpen();
    succeeds();

    await().until(() -> reachability.awaySince().isEmpty());
    succeeds();
    failsAway();
    failsAway();
    succeeds();
  }

  @Test
  void aRefusalIsAnAnswerToo() {
    halfOpen();
    failsWith(refusal(Status.Code.NOT_FOUND));

    await().until(() -> reachability.awaySince().isEmpty());
  }

  private void failsTwiceWhenItMayTry() {
    halfOpen();
    clock.advance(Duration.ofMinutes(1));
    failsAway();
    isRefusedWithoutACall();

    time.timePasses(PAUSE);
    isRefusedWithoutACall();
    time.timePasses(PAUSE);
    failsAway();
  }

  @Test
  void eachFailedTryDoublesThePause() {
    failsTwiceWhenItMayTry();

    assertThat(reachability.awaySince()).contains(NOW);
  }

  @Test
  void thePauseIsTheFirstAgainAfterAnAnswer() throws Exception {
    failsTwiceWhenItMayTry();
    time.timePasses(PAUSE.multipliedBy(4));
    succeeds();
    await().until(() -> reachability.awaySince().isEmpty());

    halfOpen();
    succeeds();
  }

  @Test
  void thePauseNeverGrowsBeyondHalfAMinute() {
    halfOpen();
    for (int i = 0; i < 20; i++) {
      int before = made.get();
      failsAway();
      assertThat(made).hasValue(before + 1);
      isRefusedWithoutACall();
      time.timePasses(Duration.ofSeconds(30));
    }
  }
}
