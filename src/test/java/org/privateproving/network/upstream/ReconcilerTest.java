package org.privateproving.network.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.ManualTime;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.BehaviorInterceptor;
import org.apache.pekko.actor.typed.TypedActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.privateproving.network.upstream.Reconciliation.Findings;

class ReconcilerTest {
  private static final Duration EVERY = Duration.ofMinutes(1);
  private static final Duration MOMENT = Duration.ofMillis(1);
  private static final Findings NOTHING = new Findings(3, 0, 0, 0, 0);

  private static ActorTestKit actors;
  private static ManualTime time;

  private final BlockingQueue<CompletableFuture<Findings>> begun = new LinkedBlockingQueue<>();
  private final BlockingQueue<Reconciler.Command> handled = new LinkedBlockingQueue<>();

  @BeforeAll
  static void start() {
    actors = ActorTestKit.create(ManualTime.config());
    time = ManualTime.get(actors.system());
  }

  @AfterAll
  static void stop() {
    actors.shutdownTestKit();
  }

  private ActorRef<Reconciler.Command> reconciler(Duration every) {
    Behavior<Reconciler.Command> behavior =
        Reconciler.create(
            () -> {
              CompletableFuture<Findings> round = new CompletableFuture<>();
              begun.add(round);
              return round;
            },
            every);
    return actors.spawn(Behaviors.intercept(HandledMessages::new, behavior));
  }

  /** Tells when a message has had its effect, the timer that it set included. */
  private final class HandledMessages
      extends BehaviorInterceptor<Reconciler.Command, Reconciler.Command> {
    HandledMessages() {
      super(Reconciler.Command.class);
    }

    @Override
    public Behavior<Reconciler.Command> aroundReceive(
        TypedActorContext<Reconciler.Command> context,
        Reconciler.Command message,
        ReceiveTarget<Reconciler.Command> target) {
      Behavior<Reconciler.Command> next = target.apply(context, message);
      handled.add(message);
      return next;
    }
  }

  private CompletableFuture<Findings> nextRound() throws InterruptedException {
    isHandled();
    assertThat(begun).as("rounds begun").hasSize(1);
    return begun.remove();
  }

  private void isHandled() throws InterruptedException {
    assertThat(handled.poll(10, TimeUnit.SECONDS)).as("a message").isNotNull();
  }

  /** A round that began for no reason would begin within this time. */
  private void noRound() throws InterruptedException {
    assertThat(handled.poll(100, TimeUnit.MILLISECONDS)).isNull();
    assertThat(begun).isEmpty();
  }

  private void succeeds(CompletableFuture<Findings> round) throws InterruptedException {
    round.complete(NOTHING);
    isHandled();
  }

  private void fails(CompletableFuture<Findings> round) throws InterruptedException {
    round.completeExceptionally(new IllegalStateException("away"));
    isHandled();
  }

  @Test
  void beginsAtOnce() throws Exception {
    reconciler(EVERY);
    assertThat(nextRound()).isNotDone();
  }

  @Test
  void comesAgainWhenItsTimeIsUpSinceTheLastRoundEnded() throws Exception {
    reconciler(EVERY);
    for (int i = 0; i < 3; i++) {
      succeeds(nextRound());
      time.timePasses(EVERY.minus(MOMENT));
      noRound();
      time.timePasses(MOMENT);
    }
    assertThat(nextRound()).isNotDone();
  }

  @Test
  void neverHasTwoRoundsAtOnce() throws Exception {
    reconciler(EVERY);
    CompletableFuture<Findings> slow = nextRound();
    time.timePasses(EVERY.multipliedBy(10));
    noRound();

    succeeds(slow);
    noRound();
    time.timePasses(EVERY);
    assertThat(nextRound()).isNotDone();
  }

  @ParameterizedTest(name = "every {0}: again after {1}")
  @CsvSource({"PT1M, PT5S", "PT5S, PT5S", "PT2S, PT2S"})
  void comesAgainSoonAfterARoundThatFailed(Duration every, Duration again) throws Exception {
    reconciler(every);
    for (int i = 0; i < 3; i++) {
      fails(nextRound());
      time.timePasses(again.minus(MOMENT));
      noRound();
      time.timePasses(MOMENT);
    }
    succeeds(nextRound());
    time.timePasses(every.minus(MOMENT));
    noRound();
    time.timePasses(MOMENT);
    assertThat(nextRound()).isNotDone();
  }

  @Test
  void endsWhenItIsToldTo() throws Exception {
    ActorRef<Reconciler.Command> reconciler = reconciler(EVERY);
    succeeds(nextRound());

    reconciler.tell(Reconciler.Stop.INSTANCE);

    actors.createTestProbe().expectTerminated(reconciler);
    time.timePasses(EVERY);
    assertThat(begun).isEmpty();
  }

  @Test
  void endsInTheMiddleOfARoundToo() throws Exception {
    ActorRef<Reconciler.Command> reconciler = reconciler(EVERY);
    CompletableFuture<Findings> round = nextRound();

    reconciler.tell(Reconciler.Stop.INSTANCE);

    actors.createTestProbe().expectTerminated(reconciler);
    round.complete(NOTHING);
    time.timePasses(EVERY);
    assertThat(begun).isEmpty();
  }
}
