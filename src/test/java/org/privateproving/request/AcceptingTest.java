package org.privateproving.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.apache.pekko.Done;
import org.apache.pekko.actor.testkit.typed.javadsl.FishingOutcomes;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.privateproving.dispatch.Dispatcher;
import org.privateproving.dispatch.WaitingRequest;

/** How a request begins, and what it tells the dispatcher. */
class AcceptingTest {
  @RegisterExtension static final RequestKit kit = RequestKit.start();

  private final RunningRequest request = kit.request();

  @Test
  void shouldPersistAnOrderBeforeItAnswersAndTellTheDispatcher() {
    var result = request.accepted();
    assertThat(result.eventOfType(Event.Accepted.class).order()).isEqualTo(request.order());
    assertThat(result.reply()).isEqualTo(Done.getInstance());
    assertThat(request.dispatcher.expectMessageClass(Dispatcher.Waiting.class).request().id())
        .isEqualTo(request.id);
  }

  @Test
  void shouldAnswerARepeatedOrderWithoutASecondEvent() {
    request.accepted();
    var again = request.accepted();
    assertThat(again.hasNoEvents()).isTrue();
    assertThat(again.reply()).isEqualTo(Done.getInstance());
  }

  @Test
  void shouldSayOnceThatItWaitsAndLeaveTheRestToTheQueueOfItsServer() {
    request.accepted();
    WaitingRequest said = request.dispatcher.expectMessageClass(Dispatcher.Waiting.class).request();
    assertThat(request.queued()).containsExactly(said);
    request.woken();
    request.dispatcher.expectNoMessage();
  }

  @Test
  void shouldLeaveTheQueueOfItsServerWhenItIsLeased() {
    request.leased();
    assertThat(request.queued()).isEmpty();
  }

  @Test
  void shouldLeaveTheQueueOfAServerOnWhichItEndsAndStillWait() {
    var actor = request.acceptedElsewhere();
    request.dispatcher.expectMessageClass(Dispatcher.Waiting.class);
    assertThat(request.queued()).hasSize(1);
    kit.actors().stop(actor);
    await("it has left")
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(() -> assertThat(request.queued()).isEmpty());
    request.dispatcher.expectNoMessage();
  }

  @Test
  void shouldTurnDownAProposalThatItHasNoUseFor() {
    request.leased();
    request.dispatcher.expectMessageClass(Dispatcher.Waiting.class);
    request.dispatcher.expectMessage(new Dispatcher.NotWaiting(request.id));
    request.proposed("gpu-1");
    request.dispatcher.expectMessage(new Dispatcher.Declined(request.id, "gpu-1"));
  }

  @Test
  void shouldSayThatItWaitsNoLongerOnceItIsLeased() {
    request.leased();
    request.dispatcher.fishForMessage(
        Duration.ofSeconds(10),
        message ->
            message instanceof Dispatcher.NotWaiting
                ? FishingOutcomes.complete()
                : FishingOutcomes.continueAndIgnore());
  }

  @Test
  void shouldStayAwakeWhileWorkIsLeft() {
    request.accepted();
    request.polled(false);
    request.shard.expectNoMessage();
  }

  @Test
  void shouldGoToSleepWhenSomebodyAsksAboutWhatNobodyOrdered() {
    assertThat(request.polled(false).snapshot()).isEmpty();
    request.shard.expectMessageClass(ClusterSharding.Passivate.class);
    assertThat(request.polled(true).snapshot()).isEmpty();
    request.shard.expectMessageClass(ClusterSharding.Passivate.class);
  }
}
