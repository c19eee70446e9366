package org.privateproving.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.ManualTime;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.privateproving.domain.FailureCause;
import org.privateproving.domain.RequestId;
import org.privateproving.network.ProverNetwork.ReportOutcome;
import org.privateproving.network.ProverNetwork.Result;

class ReporterTest {
  private static final ActorTestKit kit = ActorTestKit.create(ManualTime.config());
  private static final ManualTime time = ManualTime.get(kit.system());

  private static final Instant DEADLINE = Instant.parse("2026-01-01T12:00:00Z");

  private final AtomicReference<Instant> now = new AtomicReference<>(DEADLINE.minusSeconds(60));
  private final Clock clock = clock(now);
  private final Queue<CompletableFuture<ReportOutcome>> calls = new ConcurrentLinkedQueue<>();
  private final TestProbe<Object> called = kit.createTestProbe();
  private final TestProbe<ReportOutcome> answers = kit.createTestProbe(ReportOutcome.class);

  @AfterAll
  static void stop() {
    kit.shutdownTestKit();
  }

  /** A network of which only {@code report} is asked; each call waits for the test to end it. */
  private ProverNetwork network() {
    return (ProverNetwork)
        Proxy.newProxyInstance(
            ProverNetwork.class.getClassLoader(),
            new Class<?>[] {ProverNetwork.class},
            (_, method, arguments) -> {
              assertThat(method.getName()).isEqualTo("report");
              CompletableFuture<ReportOutcome> call = new CompletableFuture<>();
              calls.add(call);
              called.getRef().tell(arguments[0]);
              return call;
            });
  }

  private static Clock clock(AtomicReference<Instant> now) {
    return new Clock() {
      @Override
      public ZoneId getZone() {
        return ZoneOffset.UTC;
      }

      @Override
      public Clock withZone(ZoneId zone) {
        return this;
      }

      @Override
      public Instant instant() {
        return now.get();
      }
    };
  }

  private ActorRef<Reporter.Command> reporter() {
    return kit.spawn(Reporter.create(network(), new SplittableRandom(1), clock));
  }

  private Reporter.Report report(int n) {
    return new Reporter.Report(
        id(n), new Result.Failure(FailureCause.CANCELED), DEADLINE, answers.getRef());
  }

  private static RequestId id(int n) {
    byte[] bytes = new byte[32];
    bytes[0] = (byte) n;
    return RequestId.of(bytes);
  }

  @Test
  void shouldTellWhatTheNetworkSaid() {
    reporter().tell(report(1));
    called.expectMessage(id(1));
    calls.remove().complete(new ReportOutcome.Rejected("too late"));
    answers.expectMessage(new ReportOutcome.Rejected("too late"));
  }

  @Test
  void shouldTryAgainAfterAPauseThatGrows() {
    reporter().tell(report(1));
    called.expectMessage(id(1));
    for (int attempt = 0; attempt < 4; attempt++) {
      calls.remove().completeExceptionally(new IllegalStateException("network is away"));
      // At least half of 1, 2, 4, 8 seconds.
      time.expectNoMessageFor(Duration.ofMillis(400L << attempt), called);
      time.timePasses(Duration.ofSeconds(1L << attempt));
      called.expectMessage(id(1));
    }
    calls.remove().complete(new ReportOutcome.TooLate());
    answers.expectMessage(new ReportOutcome.TooLate());
  }

  @Test
  void shouldGiveUpAResultThatIsRefusedForLong() {
    now.set(DEADLINE.minus(Duration.ofHours(1)));
    reporter().tell(report(1));
    called.expectMessage(id(1));
    refuse("no");
    now.set(now.get().plus(Reporter.REFUSED_FOR));
    refuse("no");
    // An outage in between: the count starts anew.
    calls.remove().completeExceptionally(new IllegalStateException("away"));
    time.timePasses(Duration.ofMinutes(1));
    called.expectMessage(id(1));
    refuse("no");
    answers.expectNoMessage();
    now.set(now.get().plus(Reporter.REFUSED_FOR).plusMillis(1));
    calls.remove().completeExceptionally(new ResultRefused("still no"));
    answers.expectMessage(new ReportOutcome.Rejected("still no"));
  }

  private void refuse(String reason) {
    calls.remove().completeExceptionally(new ResultRefused(reason));
    time.timePasses(Duration.ofMinutes(1));
    called.expectMessage(id(1));
  }

  @Test
  void shouldNotTakeTheAnswerToOneResultForThatToAnother() {
    var reporter = reporter();
    reporter.tell(report(1));
    called.expectMessage(id(1));
    reporter.tell(
        new Reporter.Report(
            id(1), new Result.Failure(FailureCause.BREAKPOINT), DEADLINE, answers.getRef()));
    calls.remove().complete(new ReportOutcome.Rejected("the first"));
    called.expectMessage(id(1));
    answers.expectNoMessage();
    calls.remove().complete(new ReportOutcome.Rejected("the second"));
    answers.expectMessage(new ReportOutcome.Rejected("the second"));
  }

  @Test
  void shouldStopAWhileAfterTheDeadline() {
    reporter().tell(report(1));
    called.expectMessage(id(1));
    now.set(DEADLINE.plus(Reporter.GRACE));
    calls.remove().completeExceptionally(new IllegalStateException("away"));
    time.timePasses(Duration.ofMinutes(1));
    called.expectMessage(id(1));
    answers.expectNoMessage();
    now.set(DEADLINE.plus(Reporter.GRACE).plusMillis(1));
    calls.remove().completeExceptionally(new IllegalStateException("away"));
    answers.expectMessage(new ReportOutcome.TooLate());
  }

  @Test
  void shouldNotReportTwiceAtOnceWhenAskedTwice() {
    var reporter = reporter();
    reporter.tell(report(1));
    reporter.tell(report(1));
    called.expectMessage(id(1));
    called.expectNoMessage();
    calls.remove().complete(new ReportOutcome.TooLate());
    answers.expectMessage(new ReportOutcome.TooLate());
    answers.expectNoMessage();
  }

  @Test
  void shouldKeepABoundedNumberOfReportsUnderWay() {
    var reporter = reporter();
    for (int n = 0; n < 40; n++) {
      reporter.tell(report(n));
    }
    List<Object> first = called.receiveSeveralMessages(32);
    called.expectNoMessage();
    assertThat(first).doesNotHaveDuplicates();
    calls.forEach(call -> call.complete(new ReportOutcome.TooLate()));
    called.receiveSeveralMessages(8);
  }
}
