package org.privateproving.network;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.random.RandomGenerator;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;
import org.privateproving.domain.RequestId;
import org.privateproving.network.ProverNetwork.ReportOutcome;
import org.privateproving.network.ProverNetwork.Result;

/**
 * Tells the network the results, as often as it takes; one per server.
 *
 * <p>It keeps nothing: a request asks again until it has its answer, also after a restart, and an
 * outcome that found nobody is found again by the next report. Reports for one request never
 * overlap; a bounded number of them are under way at once, the others wait in order.
 */
public final class Reporter extends AbstractBehavior<Reporter.Command> {

  public sealed interface Command {}

  /** Report this, and tell {@code replyTo} what the network says in the end. */
  public record Report(RequestId id, Result result, ActorRef<ReportOutcome> replyTo)
      implements Command {}

  private record Answered(
      RequestId id, @Nullable ReportOutcome outcome, @Nullable Throwable failure)
      implements Command {}

  private record TryAgain(RequestId id) implements Command {}

  private static final int MAX_UNDER_WAY = 32;
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

  private record Outgoing(Report report, int failures) {}

  private final TimerScheduler<Command> timers;
  private final ProverNetwork network;
  private final RandomGenerator random;
  // INVARIANT: every key of outgoing is in exactly one of queue, underWay calls, or a timer.
  private final Map<RequestId, Outgoing> outgoing = new HashMap<>();
  private final Queue<RequestId> queue = new ArrayDeque<>();
  private int underWay;

  public static Behavior<Command> create(ProverNetwork network, RandomGenerator random) {
    return Behaviors.setup(
        context -> Behaviors.withTimers(timers -> new Reporter(context, timers, network, random)));
  }

  private Reporter(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      ProverNetwork network,
      RandomGenerator random) {
    super(context);
    this.timers = timers;
    this.network = network;
    this.random = random;
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder().onMessage(Command.class, this::on).build();
  }

  private Behavior<Command> on(Command command) {
    switch (command) {
      case Report report -> onReport(report);
      case TryAgain(RequestId id) -> queue.add(id);
      case Answered answered -> onAnswered(answered);
    }
    sendNext();
    return this;
  }

  private void onReport(Report report) {
    Outgoing known = outgoing.get(report.id());
    outgoing.put(report.id(), new Outgoing(report, known == null ? 0 : known.failures()));
    if (known == null) {
      queue.add(report.id());
    }
  }

  private void sendNext() {
    while (underWay < MAX_UNDER_WAY && !queue.isEmpty()) {
      Report report = Objects.requireNonNull(outgoing.get(queue.remove())).report();
      underWay++;
      getContext()
          .pipeToSelf(
              network.report(report.id(), report.result()),
              (outcome, failure) -> new Answered(report.id(), outcome, failure));
    }
  }

  private void onAnswered(Answered answered) {
    underWay--;
    Outgoing sent = Objects.requireNonNull(outgoing.get(answered.id()));
    if (answered.outcome() != null) {
      outgoing.remove(answered.id());
      sent.report().replyTo().tell(answered.outcome());
      return;
    }
    int failures = sent.failures() + 1;
    outgoing.put(answered.id(), new Outgoing(sent.report(), failures));
    Duration pause = pause(failures);
    getContext()
        .getLog()
        .warn(
            "The network did not take the report of {} (attempt {}); again in {} s",
            answered.id(),
            failures,
            pause.toSeconds());
    timers.startSingleTimer(answered.id(), new TryAgain(answered.id()), pause);
  }

  /** Doubles up to the longest pause, then up to half of it off, so that nobody marches in step. */
  private Duration pause(int failures) {
    long millis =
        Math.min(LONGEST_PAUSE.toMillis(), FIRST_PAUSE.toMillis() << Math.min(failures - 1, 16));
    return Duration.ofMillis(millis - random.nextLong(millis / 2 + 1));
  }
}
