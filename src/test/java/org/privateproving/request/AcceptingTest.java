package org.privateproving.request;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.pekko.Done;
import org.apache.pekko.actor.testkit.typed.javadsl.FishingOutcomes;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.privateproving.dispatch.Dispatcher;

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
  void shouldGoOnSayingThatItWaits() {
    request.accepted();
    request.dispatcher.expectMessageClass(Dispatcher.Waiting.class);
    request.dispatcher.expectMessageClass(
        Dispatcher.Waiting.class, Dispatcher.REPEAT_EVERY.plusSeconds(3));
  }

  @Test
  void shouldSayThatItWaitsNoLongerOnceItIsLeased() {
    request.leased();
    request.dispatcher.fishForMessage(
        Dispatcher.REPEAT_EVERY,
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
