package org.privateproving.network;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.ManualTime;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.privateproving.artifact.ArtifactId;
import org.privateproving.domain.FailureCause;
import org.privateproving.domain.RequestId;
import org.privateproving.network.ProverNetwork.ReportOutcome;
import org.privateproving.network.ProverNetwork.Result;

class ReporterTest {
  private static final ActorTestKit kit =
      ActorTestKit.create(
          ManualTime.config()
              .withFallback(
                  ConfigFactory.parseString(
                      """
                      pekko.actor.serialization-bindings {
                        "org.privateproving.domain.CborSerializable" = jackson-cbor
                      }
                      """)));
  private static final ManualTime time = ManualTime.get(kit.system());

  private static final Result CANCELED = new Result.Failure(FailureCause.CANCELED);
  private static final Instant DEADLINE = Instant.parse("2026-01-01T12:00:00Z");

  private final AtomicReference<Instant> now = new AtomicReference<>(DEADLINE.minusSeconds(60));
  private final Clock clock = clock(now);
  private final Queue<CompletableFuture<ReportOutcome>> calls = new ConcurrentLinkedQueue<>();
  private final TestProbe<Object> called = kit.createTestProbe();
  private final TestProbe<Reporter.Conclusion> answers =
      kit.createTestProbe(Reporter.Conclusion.class);

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
    return new Reporter.Report(id(n), CANCELED, DEADLINE, answers.getRef());
  }

  private void concluded(Result result, ReportOutcome outcome) {
    answers.expectMessage(new Reporter.Conclusion(result, outcome));
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
    concluded(CANCELED, new ReportOutcome.Rejected("too late"));
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
    concluded(CANCELED, new ReportOutcome.TooLate());
  }

  @Test
  void shouldTryAgainSoonHoweverLongTheNetworkWasAway() {
    reporter().tell(report(1));
    called.expectMessage(id(1));
    for (int attempt = 0; attempt < 20; attempt++) {
      calls.remove().completeExceptionally(new IllegalStateException("network is away"));
      time.timePasses(Duration.ofSeconds(10));
      called.expectMessage(id(1));
    }
    calls.remove().complete(new ReportOutcome.TooLate());
    concluded(CANCELED, new ReportOutcome.TooLate());
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
    concluded(CANCELED, new ReportOutcome.Rejected("still no"));
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
    var other = new Result.Failure(FailureCause.BREAKPOINT);
    reporter.tell(new Reporter.Report(id(1), other, DEADLINE, answers.getRef()));
    calls.remove().complete(new ReportOutcome.Rejected("the first"));
    called.expectMessage(id(1));
    answers.expectNoMessage();
    calls.remove().complete(new ReportOutcome.Rejected("the second"));
    concluded(other, new ReportOutcome.Rejected("the second"));
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
    concluded(CANCELED, new ReportOutcome.TooLate());
  }

  @Test
  void shouldNotReportTwiceAtOnceWhenAskedTwice() {
    var reporter = reporter();
    reporter.tell(report(1));
    reporter.tell(report(1));
    called.expectMessage(id(1));
    called.expectNoMessage();
    calls.remove().complete(new ReportOutcome.TooLate());
    concluded(CANCELED, new ReportOutcome.TooLate());
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

  @ParameterizedTest
  @MethodSource
  void everyConclusionArrivesAsItWasSent(ReportOutcome outcome) {
    var proof = new Result.Proof(new ArtifactId(new UUID(1, 2)), 3);
    for (Result result : List.of(CANCELED, proof)) {
      kit.serializationTestKit()
          .verifySerialization(new Reporter.Conclusion(result, outcome), true);
    }
  }

  static List<ReportOutcome> everyConclusionArrivesAsItWasSent() {
    return List.of(new ReportOutcome.Rejected("no"), new ReportOutcome.TooLate());
  }

  @Test
  void soDoesTheHashOfATransaction() {
    byte[] hash = {1, 2, 3};
    var sent = new Reporter.Conclusion(CANCELED, new ReportOutcome.Taken(hash));

    Reporter.Conclusion arrived = kit.serializationTestKit().verifySerialization(sent, false);

    assertThat(arrived.outcome())
        .isInstanceOfSatisfying(
            ReportOutcome.Taken.class, taken -> assertThat(taken.txHash()).isEqualTo(hash));
  }
}
