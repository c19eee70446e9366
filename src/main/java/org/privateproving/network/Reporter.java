package org.privateproving.network;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
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
import org.privateproving.domain.CborSerializable;
import org.privateproving.domain.RequestId;
import org.privateproving.domain.RootCause;
import org.privateproving.network.ProverNetwork.ReportOutcome;
import org.privateproving.network.ProverNetwork.Result;
import org.slf4j.event.Level;

/**
 * Tells the network the results, as often as it takes; one per cluster, since all reports are
 * signed under one sequence of nonces.
 *
 * <p>It keeps nothing: a request asks again until it has its answer, also after a restart, and an
 * outcome that found nobody is found again by the next report. Reports for one request never
 * overlap; a bounded number of them are under way at once, the others wait in order. Nobody tries
 * for ever: a result that is refused for ten minutes is given up, and one that the network has not
 * answered for by a while after the deadline is too late.
 */
public final class Reporter extends AbstractBehavior<Reporter.Command> {

  public sealed interface Command {}

  /**
   * Report this, and tell {@code replyTo} what the network says in the end.
   *
   * @param deadline of the request
   */
  public record Report(RequestId id, Result result, Instant deadline, ActorRef<Conclusion> replyTo)
      implements Command, CborSerializable {}

  /** What the network said in the end, and to which result; it may come more than once. */
  public record Conclusion(Result result, ReportOutcome outcome) implements CborSerializable {}

  /** Ends it when it is moved to another server. */
  public enum Stop implements Command, CborSerializable {
    INSTANCE
  }

  private record Answered(
      RequestId id, Result result, @Nullable ReportOutcome outcome, @Nullable Throwable failure)
      implements Command {}

  private record TryAgain(RequestId id) implements Command {}

  private static final int MAX_UNDER_WAY = 32;

  /** Of so many failures in a row the operator is told; then it goes on as it did. */
  private static final int TOLD_FAILURES = 2;

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

  /** While the network is away: to find that out costs nothing, and it may be back any moment. */
  private static final Duration LONGEST_PAUSE_UNANSWERED = Duration.ofSeconds(10);

  /** A result that is refused for so long is given up. */
  static final Duration REFUSED_FOR = Duration.ofMinutes(10);

  /** How long after the deadline we still try to learn what became of an earlier report. */
  static final Duration GRACE = Duration.ofMinutes(5);

  /**
   * @param refusedSince empty unless the latest answer was a refusal
   */
  private record Outgoing(Report report, int failures, Optional<Instant> refusedSince) {}

  private final TimerScheduler<Command> timers;
  private final ProverNetwork network;
  private final RandomGenerator random;
  private final Clock clock;
  // INVARIANT: every key of outgoing is in exactly one of queue, underWay calls, or a timer.
  private final Map<RequestId, Outgoing> outgoing = new HashMap<>();
  private final Queue<RequestId> queue = new ArrayDeque<>();
  private int underWay;

  public static Behavior<Command> create(
      ProverNetwork network, RandomGenerator random, Clock clock) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(timers -> new Reporter(context, timers, network, random, clock)));
  }

  private Reporter(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      ProverNetwork network,
      RandomGenerator random,
      Clock clock) {
    super(context);
    this.timers = timers;
    this.network = network;
    this.random = random;
    this.clock = clock;
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
      case Stop.INSTANCE -> {
        return Behaviors.stopped();
      }
    }
    sendNext();
    return this;
  }

  private void onReport(Report report) {
    Outgoing known = outgoing.get(report.id());
    if (known == null) {
      queue.add(report.id());
    }
    outgoing.put(
        report.id(),
        known != null && known.report().result().equals(report.result())
            ? new Outgoing(report, known.failures(), known.refusedSince())
            : new Outgoing(report, 0, Optional.empty()));
  }

  private void sendNext() {
    while (underWay < MAX_UNDER_WAY && !queue.isEmpty()) {
      Report report = Objects.requireNonNull(outgoing.get(queue.remove())).report();
      underWay++;
      getContext()
          .pipeToSelf(
              network.report(report.id(), report.result()),
              (outcome, failure) -> new Answered(report.id(), report.result(), outcome, failure));
    }
  }

  private void onAnswered(Answered answered) {
    Outgoing sent = outgoing.get(answered.id());
    if (sent == null) {
      return; // of a call that was made before a restart
    }
    underWay--;
    if (!sent.report().result().equals(answered.result())) {
      queue.add(answered.id()); // the request came to another end meanwhile
      return;
    }
    Optional<ReportOutcome> outcome = conclusion(answered, sent);
    if (outcome.isPresent()) {
      outgoing.remove(answered.id());
      sent.report().replyTo().tell(new Conclusion(answered.result(), outcome.get()));
      return;
    }
    int failures = sent.failures() + 1;
    Optional<Instant> refusedSince =
        refusal(answered).map(_ -> sent.refusedSince().orElse(clock.instant()));
    outgoing.put(answered.id(), new Outgoing(sent.report(), failures, refusedSince));
    Duration pause = pause(failures, refusedSince.isPresent());
    getContext()
        .getLog()
        .atLevel(failures <= TOLD_FAILURES ? Level.WARN : Level.DEBUG)
        .log(
            "The network did not take the report of {} (attempt {}{}); again in {} s",
            answered.id(),
            failures,
            refusal(answered).map(refused -> ", " + refused).orElse(""),
            pause.toSeconds());
    timers.startSingleTimer(answered.id(), new TryAgain(answered.id()), pause);
  }

  /** What the request is told, if this was the last attempt. */
  private Optional<ReportOutcome> conclusion(Answered answered, Outgoing sent) {
    if (answered.outcome() != null) {
      return Optional.of(answered.outcome());
    }
    Optional<String> refused = refusal(answered);
    boolean forLong =
        sent.refusedSince().filter(s -> s.plus(REFUSED_FOR).isBefore(clock.instant())).isPresent();
    if (refused.isPresent() && forLong) {
      return Optional.of(new ReportOutcome.Rejected(refused.get()));
    }
    return clock.instant().isAfter(sent.report().deadline().plus(GRACE))
        ? Optional.of(new ReportOutcome.TooLate())
        : Optional.empty();
  }

  private static Optional<String> refusal(Answered answered) {
    return Optional.ofNullable(answered.failure())
        .map(RootCause::of)
        .filter(ResultRefused.class::isInstance)
        .map(refused -> String.valueOf(refused.getMessage()));
  }

  /** Doubles up to the longest pause, then up to half of it off, so that nobody marches in step. */
  private Duration pause(int failures, boolean refused) {
    Duration longest = refused ? LONGEST_PAUSE : LONGEST_PAUSE_UNANSWERED;
    long millis =
        Math.min(longest.toMillis(), FIRST_PAUSE.toMillis() << Math.min(failures - 1, 16));
    return Duration.ofMillis(millis - random.nextLong(millis / 2 + 1));
  }
}
