package org.privateproving.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.privateproving.request.RunningRequest.HOLD;
import static org.privateproving.request.SampleRequests.DIGEST;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.javadsl.ManualTime;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.privateproving.fulfiller.WorkReport.Fault;
import org.privateproving.network.ProverNetwork.ReportOutcome;
import org.privateproving.network.Reporter;
import org.privateproving.request.RequestCommand.Answer;

/** Which polls are held, and when they are answered. */
class HeldPollsTest {
  @RegisterExtension static final RequestKit kit = RequestKit.withManualTime();

  private final ManualTime time = ManualTime.get(kit.actors().system());
  private final RunningRequest request = kit.request();

  @Test
  void shouldHoldAPollWhenTheProofIsStoredAndAnswerItAtTheEnd() {
    request.proved();
    var report = request.reporter.expectMessageClass(Reporter.Report.class);
    TestProbe<Answer> client = request.polling();
    client.expectNoMessage();
    var taken = new ReportOutcome.Taken(DIGEST.bytes());
    report.replyTo().tell(new Reporter.Conclusion(report.result(), taken));
    assertThat(answered(client)).isInstanceOf(State.Fulfilled.class);
  }

  @Test
  void shouldAnswerAHeldPollAfterTheBoundAtTheLatest() {
    request.proved();
    TestProbe<Answer> client = request.polling();
    time.timePasses(HOLD.minusMillis(1));
    client.expectNoMessage();
    time.timePasses(Duration.ofMillis(1));
    assertThat(answered(client)).isInstanceOf(State.Proved.class);
  }

  @Test
  void shouldHoldABoundedNumberOfPollsAndAnswerTheNextAtOnce() {
    request.proved();
    List<TestProbe<Answer>> clients = Stream.generate(request::polling).limit(16).toList();
    assertThat(request.polled(true).snapshot()).isPresent();
    clients.forEach(client -> client.expectNoMessage(Duration.ZERO));
    time.timePasses(HOLD);
    assertThat(clients).allSatisfy(client -> assertThat(answered(client)).isNotNull());
  }

  @Test
  void shouldHoldAPollOnceHoweverOftenItIsSent() {
    request.proved();
    TestProbe<Answer> client = request.polling();
    for (int i = 0; i < 16; i++) {
      request.polling(client);
    }
    TestProbe<Answer> other = request.polling();
    time.timePasses(HOLD.minusMillis(1));
    client.expectNoMessage(Duration.ZERO);
    other.expectNoMessage(Duration.ZERO);
    time.timePasses(Duration.ofMillis(1));
    assertThat(answered(client)).isInstanceOf(State.Proved.class);
    client.expectNoMessage(Duration.ZERO);
  }

  @Test
  void shouldAnswerAtOnceWhenTheEndIsFar() {
    request.leased();
    request.told(request.beat(1, true));
    assertThat(request.polled(true).snapshot()).isPresent();
  }

  @Test
  void shouldAnswerAtOnceWhenHoldingIsSwitchedOff() {
    request.spawnWithoutHolding();
    request.initialize(SampleRequests.proved());
    assertThat(request.polled(true).snapshot()).isPresent();
  }

  @Test
  void shouldHoldThePollOfAYoungRequestSinceFailuresAndShortProofsComeSoon() {
    request.leased();
    TestProbe<Answer> client = request.polling();
    client.expectNoMessage();
    request.told(request.gaveUp(1, Fault.REQUEST));
    assertThat(answered(client)).isInstanceOf(State.Failed.class);
  }

  @Test
  void shouldHoldAPollWhenRequestsOfItsKindEndAboutNow() {
    request.leased();
    request.told(request.beat(1, true));
    request.durations.record(request.state(), Instant.now().plusSeconds(1));
    TestProbe<Answer> client = request.polling();
    client.expectNoMessage();
    request.told(request.gaveUp(1, Fault.REQUEST));
    assertThat(answered(client)).isInstanceOf(State.Failed.class);
  }

  private static State answered(TestProbe<Answer> client) {
    return client.receiveMessage().snapshot().orElseThrow().state();
  }
}
