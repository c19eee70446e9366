package org.privateproving.request;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.jspecify.annotations.Nullable;
import org.privateproving.domain.CborSerializable;
import org.privateproving.domain.RequestId;

/**
 * Looks after requests that nobody asks about; one per cluster. At its start and every so often it
 * wakes each request that has work left, so that after a crash all of them go on; and it forgets
 * those that ended long ago.
 */
public final class Housekeeper extends AbstractBehavior<Housekeeper.Command> {

  public sealed interface Command {}

  /** Ends it when it is moved to another server. */
  public enum Stop implements Command, CborSerializable {
    INSTANCE
  }

  /**
   * Servers came or went: what lived on one that is gone, or moves to a new one, sleeps until
   * somebody knocks.
   */
  public enum ServersChanged implements Command, CborSerializable {
    INSTANCE
  }

  private enum Round implements Command {
    WAKE,
    KNOCK,
    FORGET
  }

  private record PageHere(Round round, List<RequestId> ids) implements Command {}

  private record Forgotten(int requests) implements Command {}

  private record Failed(Round round, String kind) implements Command {}

  private static final int PAGE = 500;
  private static final Duration WAKE_EVERY = Duration.ofMinutes(1);
  private static final Duration FORGET_EVERY = Duration.ofMinutes(10);
  private static final Duration ABSENT_FOR = Duration.ofHours(1);
  private static final Duration RETRY_AFTER = Duration.ofSeconds(2);
  private static final int FORGET_PARALLELISM = 4;
  // Shards are found a new home when the first message for them comes, and move in rounds.
  private static final Duration FIRST_KNOCK_AFTER = Duration.ofMillis(200);
  private static final Duration KNOCK_EVERY = Duration.ofSeconds(2);
  private static final Duration KNOCK_FOR = Duration.ofSeconds(30);

  private final TimerScheduler<Command> timers;
  private final Surroundings around;
  private final Consumer<RequestId> waker;
  private final Consumer<RequestId> knocker;
  private Instant knockUntil = Instant.EPOCH;

  /**
   * @param waker sends {@link RequestCommand.Wake}
   * @param knocker sends whatever starts an actor and costs one that runs nothing
   */
  public static Behavior<Command> create(
      Surroundings around, Consumer<RequestId> waker, Consumer<RequestId> knocker) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers -> new Housekeeper(context, timers, around, waker, knocker)));
  }

  private Housekeeper(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      Surroundings around,
      Consumer<RequestId> waker,
      Consumer<RequestId> knocker) {
    super(context);
    this.timers = timers;
    this.around = around;
    this.waker = waker;
    this.knocker = knocker;
    timers.startSingleTimer(Round.FORGET, FORGET_EVERY);
    context.getSelf().tell(Round.WAKE);
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder().onMessage(Command.class, this::on).build();
  }

  private Behavior<Command> on(Command command) {
    switch (command) {
      case Round.WAKE -> nextPage(Round.WAKE, Optional.empty());
      case Round.KNOCK -> nextPage(Round.KNOCK, Optional.empty());
      case PageHere(Round round, List<RequestId> ids) -> wake(round, ids);
      case ServersChanged.INSTANCE -> {
        knockUntil = around.clock().instant().plus(KNOCK_FOR);
        timers.startSingleTimer(Round.KNOCK, Round.KNOCK, FIRST_KNOCK_AFTER);
      }
      case Round.FORGET -> forget();
      case Forgotten(int count) -> {
        // A full page: there is more.
        timers.startSingleTimer(Round.FORGET, count < PAGE ? FORGET_EVERY : RETRY_AFTER);
        if (count > 0) {
          getContext().getLog().info("Forgot {} requests that ended long ago", count);
        }
      }
      case Failed(Round round, String kind) -> {
        getContext().getLog().warn("Housekeeping ({}) failed: {}; again soon", round, kind);
        timers.startSingleTimer(round, round, RETRY_AFTER);
      }
      case Stop.INSTANCE -> {
        return Behaviors.stopped();
      }
    }
    return this;
  }

  private void nextPage(Round round, Optional<RequestId> after) {
    getContext()
        .pipeToSelf(
            around.index().unsettled(after, PAGE),
            (ids, failure) -> ids != null ? new PageHere(round, ids) : failed(round, failure));
  }

  private void wake(Round round, List<RequestId> ids) {
    ids.forEach(round == Round.KNOCK ? knocker : waker);
    if (ids.size() == PAGE) {
      nextPage(round, Optional.of(ids.getLast()));
    } else if (round == Round.WAKE) {
      timers.startSingleTimer(Round.WAKE, Round.WAKE, WAKE_EVERY);
    } else if (around.clock().instant().isBefore(knockUntil)) {
      timers.startSingleTimer(Round.KNOCK, Round.KNOCK, KNOCK_EVERY);
    }
  }

  private void forget() {
    Instant now = around.clock().instant();
    CompletionStage<Integer> count =
        around
            .index()
            .leftovers()
            .forgetAbsentBefore(now.minus(ABSENT_FOR))
            .thenCompose(_ -> eraseUnused(now))
            .thenCompose(
                _ -> around.index().settledBefore(now.minus(around.settings().keepEnded()), PAGE))
            .thenCompose(
                ids ->
                    Source.from(ids)
                        .mapAsync(FORGET_PARALLELISM, this::forget)
                        .runWith(Sink.seq(), getContext().getSystem())
                        .thenApply(List::size));
    getContext()
        .pipeToSelf(
            count, (n, failure) -> n != null ? new Forgotten(n) : failed(Round.FORGET, failure));
  }

  /**
   * Inputs that were claimed by a request that never came to be, and proofs that were stored but
   * never persisted as such: a crash came in between.
   */
  private CompletionStage<Integer> eraseUnused(Instant now) {
    return around
        .index()
        .leftovers()
        .claimedInVain(now.minus(ABSENT_FOR), PAGE)
        .thenCompose(
            artifacts ->
                Source.from(artifacts)
                    .mapAsync(FORGET_PARALLELISM, id -> around.artifacts().erase(id))
                    .runWith(Sink.ignore(), getContext().getSystem())
                    .thenApply(_ -> artifacts.size()));
  }

  /** Everything it stored first: a crash in between leaves the row, and the next round finds it. */
  private CompletionStage<RequestId> forget(RequestId id) {
    return around
        .index()
        .leftovers()
        .claimedBy(id)
        .thenCompose(
            artifacts ->
                Source.from(artifacts)
                    .mapAsync(1, artifact -> around.artifacts().erase(artifact))
                    .runWith(Sink.ignore(), getContext().getSystem()))
        .thenCompose(_ -> around.index().leftovers().forget(id))
        .handle(
            (_, failure) -> {
              if (failure != null) {
                getContext().getSystem().log().warn("{} was not forgotten; again later", id);
              }
              return id;
            });
  }

  private static Failed failed(Round round, @Nullable Throwable failure) {
    return new Failed(round, failure == null ? "unknown" : failure.getClass().getSimpleName());
  }
}
