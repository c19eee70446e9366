package org.privateproving.request;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.apache.pekko.cluster.sharding.typed.javadsl.EntityTypeKey;
import org.apache.pekko.persistence.typed.PersistenceId;
import org.apache.pekko.persistence.typed.RecoveryCompleted;
import org.apache.pekko.persistence.typed.javadsl.CommandHandlerWithReply;
import org.apache.pekko.persistence.typed.javadsl.EventHandler;
import org.apache.pekko.persistence.typed.javadsl.EventSourcedBehaviorWithEnforcedReplies;
import org.apache.pekko.persistence.typed.javadsl.ReplyEffect;
import org.apache.pekko.persistence.typed.javadsl.SignalHandler;
import org.privateproving.dispatch.Dispatcher;
import org.privateproving.domain.FailureCause;
import org.privateproving.domain.RequestId;
import org.privateproving.fulfiller.FulfillerMessage;
import org.privateproving.fulfiller.WorkReport;
import org.privateproving.fulfiller.WorkReport.GaveUp;
import org.privateproving.fulfiller.WorkReport.HaveProof;
import org.privateproving.fulfiller.WorkReport.Heartbeat;
import org.privateproving.fulfiller.WorkReport.NeedInputs;
import org.privateproving.network.ProverNetwork.ReportOutcome;
import org.privateproving.request.RequestCommand.Accept;
import org.privateproving.request.RequestCommand.Answer;
import org.privateproving.request.RequestCommand.Cancel;
import org.privateproving.request.RequestCommand.Erasure;
import org.privateproving.request.RequestCommand.InputsMissing;
import org.privateproving.request.RequestCommand.Poll;
import org.privateproving.request.RequestCommand.ProofNotStored;
import org.privateproving.request.RequestCommand.ProofStored;
import org.privateproving.request.RequestCommand.Propose;
import org.privateproving.request.RequestCommand.Report;
import org.privateproving.request.RequestCommand.Timeout;
import org.privateproving.request.RequestCommand.Told;
import org.privateproving.request.RequestCommand.Wake;
import org.privateproving.request.State.Absent;
import org.privateproving.request.State.Ended;
import org.privateproving.request.State.Known;
import org.privateproving.request.State.Leased;
import org.privateproving.request.State.Open;
import org.privateproving.request.State.Proved;
import org.privateproving.request.State.Queued;

/**
 * One proof request: the only owner of its truth, sharded over the servers by its id.
 *
 * <p>Commands decide, {@link Transitions} applies what was decided, {@link Duties} does what a
 * state demands of the world: after every event, after a recovery and whenever somebody knocks. So
 * a crash at any point loses nothing: the state says what is left to do.
 */
public final class ProofRequest
    extends EventSourcedBehaviorWithEnforcedReplies<RequestCommand, Event, State> {

  public static final EntityTypeKey<RequestCommand> TYPE_KEY =
      EntityTypeKey.create(RequestCommand.class, "ProofRequest");

  private final RequestId id;
  private final Surroundings around;
  private final Duties duties;

  /**
   * @param shard where to ask for passivation
   */
  public static Behavior<RequestCommand> create(
      RequestId id, Surroundings around, ActorRef<ClusterSharding.ShardCommand> shard) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(timers -> new ProofRequest(id, around, context, timers, shard)));
  }

  private ProofRequest(
      RequestId id,
      Surroundings around,
      ActorContext<RequestCommand> context,
      TimerScheduler<RequestCommand> timers,
      ActorRef<ClusterSharding.ShardCommand> shard) {
    // A journal that is away stops the actor; it comes back by itself and finds out where it was.
    super(
        persistenceId(id),
        SupervisorStrategy.restartWithBackoff(
            java.time.Duration.ofMillis(500), java.time.Duration.ofSeconds(10), 0.2));
    this.id = id;
    this.around = around;
    this.duties = new Duties(id, around, context, timers, shard);
  }

  static PersistenceId persistenceId(RequestId id) {
    return PersistenceId.of(TYPE_KEY.name(), id.hex());
  }

  @Override
  public State emptyState() {
    return new Absent();
  }

  @Override
  public EventHandler<State, Event> eventHandler() {
    return Transitions::apply;
  }

  @Override
  public SignalHandler<State> signalHandler() {
    return newSignalHandlerBuilder()
        .onSignal(RecoveryCompleted.instance(), duties::afterRecovery)
        .build();
  }

  @Override
  public CommandHandlerWithReply<RequestCommand, Event, State> commandHandler() {
    return (state, command) ->
        switch (command) {
          case Accept c -> onAccept(state, c);
          case Poll c -> onPoll(state, c);
          case Cancel c -> onCancel(state, c);
          case Propose c -> onPropose(state, c);
          case Report(WorkReport report) -> onReport(state, report);
          case ProofStored c -> onProofStored(state, c);
          case ProofNotStored c -> onProofNotStored(c);
          case InputsMissing missing -> onInputsMissing(state, missing);
          case Told(ReportOutcome outcome) -> onTold(state, outcome);
          case Timeout timeout -> onTimeout(state, timeout);
          case Erasure erasure -> onErasure(state, erasure);
          case Wake _ -> {
            duties.performAll(state);
            yield Effect().noReply();
          }
        };
  }

  // From the gateway.

  private ReplyEffect<Event, State> onAccept(State state, Accept command) {
    if (!(state instanceof Absent)) {
      return Effect().reply(command.replyTo(), Done.getInstance());
    }
    return Effect()
        .persist(new Event.Accepted(command.order(), now()))
        .thenRun(duties::perform)
        .thenReply(command.replyTo(), _ -> Done.getInstance());
  }

  private ReplyEffect<Event, State> onPoll(State state, Poll command) {
    if (command.mayHold() && duties.hold(state, command.replyTo())) {
      return Effect().noReply();
    }
    if (state instanceof Absent) {
      duties.passivateIfDone(state); // whoever asks about anything keeps no actor alive
    }
    return Effect().reply(command.replyTo(), answer(state));
  }

  private ReplyEffect<Event, State> onCancel(State state, Cancel command) {
    boolean may =
        state instanceof Open open
            && !(state instanceof Proved)
            && open.facts().order().requester().equals(command.by());
    if (!may) {
      return Effect().reply(command.replyTo(), answer(state));
    }
    return Effect()
        .persist(failed(FailureCause.CANCELED, "canceled by its requester"))
        .thenRun(duties::perform)
        .thenReply(command.replyTo(), this::answer);
  }

  // From the dispatcher.

  private ReplyEffect<Event, State> onPropose(State state, Propose proposal) {
    Instant now = now();
    if (!(state instanceof Queued queued) || !now.isBefore(queued.facts().order().deadline())) {
      around.dispatcher().tell(new Dispatcher.NotWaiting(id));
      return Effect().noReply();
    }
    var granted =
        new Event.LeaseGranted(
            queued.facts().epoch() + 1,
            proposal.fulfiller(),
            now.plus(around.settings().leaseTerm()),
            now);
    return persist(
        granted,
        after -> {
          if (after instanceof Leased leased) {
            duties.assign(leased, proposal.ref());
          }
        });
  }

  // From fulfillers.

  private ReplyEffect<Event, State> onReport(State state, WorkReport report) {
    return switch (report) {
      case Heartbeat beat -> onHeartbeat(state, beat);
      case NeedInputs need -> {
        if (holder(state, need)) {
          duties.sendInputs((Leased) state, need);
        } else {
          need.replyTo().tell(new FulfillerMessage.LeaseGone(id, need.epoch()));
        }
        yield Effect().noReply();
      }
      case HaveProof proof -> {
        // Whoever made it and whenever: a verified proof for an unproved request is welcome.
        if (state instanceof Queued || state instanceof Leased) {
          duties.takeIn(((Open) state).facts(), proof);
        } else {
          settle(proof);
        }
        yield Effect().noReply();
      }
      case GaveUp gaveUp -> onGaveUp(state, gaveUp);
    };
  }

  private ReplyEffect<Event, State> onHeartbeat(State state, Heartbeat beat) {
    if (!holder(state, beat)) {
      beat.replyTo().tell(new FulfillerMessage.LeaseGone(id, beat.epoch()));
      return Effect().noReply();
    }
    duties.renewLease();
    var renewed = new FulfillerMessage.LeaseRenewed(id, beat.epoch());
    boolean news = beat.execution().isPresent() && ((Leased) state).facts().execution().isEmpty();
    if (!news) {
      beat.replyTo().tell(renewed);
      return Effect().noReply();
    }
    return persist(
        executed(beat.epoch(), beat.execution().get()), _ -> beat.replyTo().tell(renewed));
  }

  private ReplyEffect<Event, State> onGaveUp(State state, GaveUp gaveUp) {
    if (!holder(state, gaveUp)) {
      settle(gaveUp);
      return Effect().noReply();
    }
    Event event =
        switch (gaveUp.fault()) {
          case REQUEST -> failed(gaveUp.cause(), gaveUp.detail());
          case NONE -> new Event.LeaseLost(gaveUp.epoch(), gaveUp.detail(), false, now());
          case DEVICE -> lost((Leased) state, gaveUp.cause(), gaveUp.detail());
        };
    return persist(event, _ -> settle(gaveUp));
  }

  private ReplyEffect<Event, State> onProofStored(State state, ProofStored stored) {
    duties.intakeOver();
    WorkReport.HaveProof offer = stored.offer();
    if (!(state instanceof Queued || state instanceof Leased)) {
      duties.discard(stored.proof().id());
      settle(offer);
      return Effect().noReply();
    }
    Instant now = now();
    var proof =
        new State.StoredProof(stored.proof().id(), offer.sha256(), stored.proof().size(), now);
    var proved = new Event.Proved(offer.epoch(), proof, now);
    boolean executionKnown = ((Open) state).facts().execution().isPresent();
    List<Event> events =
        executionKnown
            ? List.of(proved)
            : List.of(executed(offer.epoch(), offer.execution()), proved);
    return Effect()
        .persist(events)
        .thenRun(
            (State after) -> {
              settle(offer);
              around.durations().record(after, now);
              duties.perform(after);
            })
        .thenNoReply();
  }

  private ReplyEffect<Event, State> onProofNotStored(ProofNotStored refused) {
    duties.intakeOver();
    duties.log("proof of epoch {} was not stored: {}", refused.epoch(), refused.reason());
    return Effect().noReply();
  }

  private ReplyEffect<Event, State> onInputsMissing(State state, InputsMissing missing) {
    if (state instanceof Leased leased && leased.lease().epoch() == missing.epoch()) {
      if (missing.program()) {
        duties.withdrawProgram(leased.facts().order());
      }
      return persist(
          failed(
              FailureCause.INPUTS_LOST,
              missing.program()
                  ? "its program is no longer here; register it again"
                  : "its stdin is no longer here"),
          _ -> {});
    }
    return Effect().noReply();
  }

  // From the network.

  private ReplyEffect<Event, State> onTold(State state, ReportOutcome outcome) {
    if (!(state instanceof Proved)) {
      return Effect().noReply();
    }
    Event event =
        switch (outcome) {
          case ReportOutcome.Taken(byte[] txHash) ->
              new Event.Fulfilled(org.privateproving.domain.Digest.of(txHash), now());
          case ReportOutcome.Rejected(String reason) ->
              failed(FailureCause.REFUSED_BY_NETWORK, reason);
          case ReportOutcome.TooLate() -> new Event.Expired(now());
        };
    return persist(event, _ -> {});
  }

  // From time.

  private ReplyEffect<Event, State> onTimeout(State state, Timeout timeout) {
    switch (timeout) {
      case LEASE_OVER -> {
        if (state instanceof Leased leased && duties.leaseIsOver()) {
          return persist(
              lost(leased, FailureCause.ATTEMPTS_EXHAUSTED, "its fulfiller fell silent"), _ -> {});
        }
      }
      case DEADLINE_OVER -> {
        boolean over =
            (state instanceof Queued || state instanceof Leased)
                && !now().isBefore(((Open) state).facts().order().deadline());
        if (over) {
          return persist(new Event.Expired(now()), _ -> {});
        }
      }
      case HOLD_OVER -> duties.answerHeld(state);
      case IDLE -> duties.passivateIfDone(state);
      case ANNOUNCE, RETRY -> {}
    }
    // A timer that came too early, or only to remind: what is left to do is seen to here.
    if (timeout != Timeout.IDLE && timeout != Timeout.HOLD_OVER) {
      duties.perform(state);
    }
    return Effect().noReply();
  }

  private ReplyEffect<Event, State> onErasure(State state, Erasure erasure) {
    if (erasure == Erasure.DONE && state instanceof Ended ended && !ended.facts().inputsErased()) {
      return persist(new Event.InputsErased(now()), _ -> {});
    }
    return Effect().noReply();
  }

  // Decisions.

  /** A lease that ended through some fault: another attempt, or the end. */
  private Event lost(Leased leased, FailureCause cause, String detail) {
    int attempts = leased.facts().attempts() + 1;
    if (attempts < around.settings().maxAttempts()) {
      return new Event.LeaseLost(leased.lease().epoch(), detail, true, now());
    }
    return failed(cause, "given up after " + attempts + " attempts; the last: " + detail);
  }

  private static boolean holder(State state, WorkReport report) {
    return state instanceof Leased leased && leased.lease().epoch() == report.epoch();
  }

  private Event.Failed failed(FailureCause cause, String detail) {
    return new Event.Failed(cause, detail, now());
  }

  private Event.Executed executed(long epoch, WorkReport.ExecutionReport report) {
    return new Event.Executed(
        epoch, report.cycles(), report.gas(), report.publicValuesDigest(), now());
  }

  private ReplyEffect<Event, State> persist(Event event, java.util.function.Consumer<State> first) {
    return Effect()
        .persist(event)
        .thenRun(
            (State after) -> {
              first.accept(after);
              duties.perform(after);
            })
        .thenNoReply();
  }

  private void settle(WorkReport report) {
    report.replyTo().tell(new FulfillerMessage.Settled(id, report.epoch()));
  }

  private Answer answer(State state) {
    return new Answer(
        state instanceof Known ? Optional.of(new Snapshot(id, state)) : Optional.empty());
  }

  private Instant now() {
    return around.clock().instant();
  }
}
