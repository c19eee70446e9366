package org.privateproving.request;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.apache.pekko.stream.Materializer;
import org.jspecify.annotations.Nullable;
import org.privateproving.artifact.ArtifactId;
import org.privateproving.dispatch.Dispatcher;
import org.privateproving.dispatch.WaitingRequest;
import org.privateproving.domain.FailureCause;
import org.privateproving.domain.RequestId;
import org.privateproving.fulfiller.Assignment;
import org.privateproving.fulfiller.FulfillerMessage;
import org.privateproving.fulfiller.WorkReport;
import org.privateproving.network.ProverNetwork.ReportOutcome;
import org.privateproving.network.ProverNetwork.Result;
import org.privateproving.network.Reporter;
import org.privateproving.request.RequestCommand.Answer;
import org.privateproving.request.RequestCommand.Erasure;
import org.privateproving.request.RequestCommand.Timeout;

/**
 * What each state demands of the world, and what an actor knows that is not worth a journal entry:
 * until when the lease runs, who waits for an answer, what is being streamed.
 *
 * <p>{@link #perform} may be called at any time and any number of times. Confined to the actor.
 */
final class Duties {
  private static final Duration RETRY_AFTER = Duration.ofSeconds(10);
  private static final Duration IDLE_AFTER = Duration.ofMinutes(2);
  // The scheduler takes no longer ones; a timer that comes early is started again.
  private static final Duration LONGEST_TIMER = Duration.ofHours(12);

  private final RequestId id;
  private final Surroundings around;
  private final ActorContext<RequestCommand> context;
  private final TimerScheduler<RequestCommand> timers;
  private final ActorRef<ClusterSharding.ShardCommand> shard;
  private final ActorRef<ReportOutcome> outcomes;
  private final InputStreams inputs;
  private final ProofIntake intake;
  private final HeldPolls held;
  private @Nullable Instant leaseUntil;
  // What the read side was last told.
  private String indexed = "";

  Duties(
      RequestId id,
      Surroundings around,
      ActorContext<RequestCommand> context,
      TimerScheduler<RequestCommand> timers,
      ActorRef<ClusterSharding.ShardCommand> shard) {
    this.id = id;
    this.around = around;
    this.context = context;
    this.timers = timers;
    this.shard = shard;
    this.outcomes = context.messageAdapter(ReportOutcome.class, RequestCommand.Told::new);
    Materializer materializer = Materializer.createMaterializer(context);
    this.inputs = new InputStreams(around.artifacts(), materializer);
    this.intake = new ProofIntake(id, around, materializer);
    this.held = new HeldPolls(around.settings().hold());
    context.setReceiveTimeout(IDLE_AFTER, Timeout.IDLE);
  }

  /**
   * Fields outlive a restart after a failed write, timers do not: whatever hung on one starts anew.
   */
  void afterRecovery(State state) {
    answerHeld(state);
    if (state instanceof State.Leased leased) {
      // Renewals were not persisted: give the holder one term to be heard from again.
      leaseUntil = later(leased.lease().until(), now().plus(around.settings().leaseTerm()));
    }
    perform(state);
  }

  /** Sees to it that everything is under way that this state demands, and nothing else. */
  void perform(State state) {
    switch (state) {
      case State.Absent _ -> {}
      case State.Queued queued -> {
        leaseUntil = null;
        timers.cancel(Timeout.LEASE_OVER);
        announce(queued);
        timers.startSingleTimer(Timeout.ANNOUNCE, Dispatcher.REPEAT_EVERY);
        watchDeadline(queued);
      }
      case State.Leased leased -> {
        stopAnnouncing();
        watchLease(leased);
        watchDeadline(leased);
      }
      case State.Proved proved -> {
        stopAnnouncing();
        timers.cancel(Timeout.LEASE_OVER);
        timers.cancel(Timeout.DEADLINE_OVER);
        around
            .reporter()
            .tell(
                new Reporter.Report(
                    id,
                    new Result.Proof(proved.proof().artifact(), proved.proof().size()),
                    outcomes));
        // The reporter repeats; this is for the one that forgot, since it was restarted.
        timers.startSingleTimer(Timeout.RETRY, RETRY_AFTER.multipliedBy(6));
      }
      case State.Ended ended -> conclude(ended);
    }
    index(state);
  }

  /** The same, when something may have been lost on the way: also tells the read side again. */
  void performAll(State state) {
    indexed = "";
    perform(state);
  }

  private void index(State state) {
    String seen = state.getClass().getSimpleName() + ":" + settled(state);
    if (state instanceof State.Known known && !seen.equals(indexed)) {
      indexed = seen;
      around.index().update(id, known, now());
    }
  }

  private static boolean settled(State state) {
    return state instanceof State.Ended ended && ended.facts().inputsErased();
  }

  private void announce(State.Queued queued) {
    Order order = queued.facts().order();
    around
        .dispatcher()
        .tell(
            new Dispatcher.Waiting(
                new WaitingRequest(
                    id,
                    order.requester(),
                    order.vkHash(),
                    order.version(),
                    order.mode(),
                    queued.facts().acceptedAt(),
                    order.deadline())));
  }

  private void stopAnnouncing() {
    if (timers.isTimerActive(Timeout.ANNOUNCE)) {
      timers.cancel(Timeout.ANNOUNCE);
      around.dispatcher().tell(new Dispatcher.NotWaiting(id));
    }
  }

  private void conclude(State.Ended ended) {
    stopAnnouncing();
    leaseUntil = null;
    timers.cancel(Timeout.LEASE_OVER);
    timers.cancel(Timeout.DEADLINE_OVER);
    timers.cancel(Timeout.RETRY);
    answerHeld(ended);
    if (ended.facts().inputsErased()) {
      return;
    }
    withdrawUnusableProgram(ended);
    context.pipeToSelf(
        around.artifacts().erase(ended.facts().order().stdin()),
        (_, failure) -> failure == null ? Erasure.DONE : Erasure.FAILED);
    timers.startSingleTimer(Timeout.RETRY, RETRY_AFTER);
  }

  /** The next client can then register the right one: a first registration is not for ever. */
  private void withdrawUnusableProgram(State.Ended ended) {
    if (ended instanceof State.Failed failed
        && (failed.cause() == FailureCause.VERIFICATION_KEY_MISMATCH
            || failed.cause() == FailureCause.MALFORMED_PROGRAM)) {
      withdrawProgram(ended.facts().order());
    }
  }

  /** What is stored cannot be used: registered anew, it can. */
  void withdrawProgram(Order order) {
    around
        .network()
        .withdraw(order.vkHash(), order.program())
        .whenComplete(
            (_, failure) -> {
              if (failure != null) {
                context.getSystem().log().warn("{}: its program was not withdrawn", id);
              }
            });
  }

  private void watchDeadline(State.Open open) {
    startTimer(Timeout.DEADLINE_OVER, open.facts().order().deadline());
  }

  // The lease.

  void assign(State.Leased leased, ActorRef<FulfillerMessage> fulfiller) {
    leaseUntil = leased.lease().until();
    Order order = leased.facts().order();
    fulfiller.tell(
        new FulfillerMessage.Assign(
            new Assignment(
                id,
                leased.lease().epoch(),
                order.vkHash(),
                order.mode(),
                order.cycleLimit(),
                order.gasLimit(),
                order.publicValuesHash(),
                order.deadline(),
                around.settings().leaseTerm())));
  }

  void renewLease() {
    leaseUntil = now().plus(around.settings().leaseTerm());
  }

  boolean leaseIsOver() {
    return leaseUntil == null || !now().isBefore(leaseUntil);
  }

  private void watchLease(State.Leased leased) {
    if (leaseUntil == null) {
      leaseUntil = leased.lease().until();
    }
    startTimer(Timeout.LEASE_OVER, leaseUntil);
  }

  // Streams.

  void sendInputs(State.Leased leased, WorkReport.NeedInputs need) {
    context.pipeToSelf(
        inputs.open(leased.facts().order(), id, need),
        (found, failure) -> {
          if (failure != null) {
            return Timeout.RETRY; // the fulfiller asks again with its next heartbeat
          }
          switch (Objects.requireNonNull(found)) {
            case InputStreams.Opened.Streams(var inputs) -> need.replyTo().tell(inputs);
            case InputStreams.Opened.Missing(boolean program) -> {
              return new RequestCommand.InputsMissing(need.epoch(), program);
            }
          }
          return Timeout.RETRY;
        });
  }

  void takeIn(State.Facts facts, WorkReport.HaveProof offer) {
    intake
        .open(facts.order().requester(), offer)
        .ifPresent(
            stored ->
                context.pipeToSelf(
                    stored,
                    (proof, failure) ->
                        proof != null
                            ? new RequestCommand.ProofStored(offer, proof)
                            : new RequestCommand.ProofNotStored(offer.epoch(), reason(failure))));
  }

  void intakeOver() {
    intake.over();
  }

  /** A proof that nobody needs; what goes wrong here the housekeeper finds. */
  void discard(ArtifactId proof) {
    around
        .artifacts()
        .erase(proof)
        .whenComplete(
            (_, failure) -> {
              if (failure != null) {
                context.getSystem().log().warn("{}: a surplus proof was not erased yet", id);
              }
            });
  }

  // Polls.

  /** Holds the poll if the end is near; if not, the caller answers it. */
  boolean hold(State state, ActorRef<Answer> replyTo) {
    if (!held.hasRoom() || !endIsNear(state)) {
      return false;
    }
    held.hold(replyTo);
    if (!timers.isTimerActive(Timeout.HOLD_OVER)) {
      timers.startSingleTimer(Timeout.HOLD_OVER, held.bound());
    }
    return true;
  }

  private boolean endIsNear(State state) {
    return held.isNear(state, around.durations().predictEnd(state), now());
  }

  void answerHeld(State state) {
    timers.cancel(Timeout.HOLD_OVER);
    held.answerAll(
        new Answer(
            state instanceof State.Known
                ? Optional.of(new Snapshot(id, state))
                : Optional.empty()));
  }

  // Sleep.

  void passivateIfDone(State state) {
    if (state instanceof State.Absent || settled(state)) {
      shard.tell(new ClusterSharding.Passivate<>(context.getSelf()));
    }
  }

  void log(String message, Object first, Object second) {
    context.getLog().warn("{}: " + message, id, first, second);
  }

  private void startTimer(Timeout timeout, Instant at) {
    Duration left = Duration.between(now(), at);
    Duration delay = left.isNegative() ? Duration.ZERO : left;
    timers.startSingleTimer(timeout, delay.compareTo(LONGEST_TIMER) > 0 ? LONGEST_TIMER : delay);
  }

  private static String reason(@Nullable Throwable failure) {
    return failure == null ? "no reason given" : failure.getClass().getSimpleName();
  }

  private static Instant later(Instant a, Instant b) {
    return a.isAfter(b) ? a : b;
  }

  private Instant now() {
    return around.clock().instant();
  }
}
