package org.privateproving.request;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
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
import org.privateproving.domain.RequestId;
import org.privateproving.fulfiller.WorkReport;
import org.privateproving.network.OwnRequests.Closure;
import org.privateproving.network.Reporter;
import org.privateproving.request.RequestCommand.Accept;
import org.privateproving.request.RequestCommand.Answer;
import org.privateproving.request.RequestCommand.Cancel;
import org.privateproving.request.RequestCommand.ClosedAtNetwork;
import org.privateproving.request.RequestCommand.Erasure;
import org.privateproving.request.RequestCommand.InputsMissing;
import org.privateproving.request.RequestCommand.InputsOpened;
import org.privateproving.request.RequestCommand.Poll;
import org.privateproving.request.RequestCommand.ProofNotStored;
import org.privateproving.request.RequestCommand.ProofStored;
import org.privateproving.request.RequestCommand.Propose;
import org.privateproving.request.RequestCommand.Report;
import org.privateproving.request.RequestCommand.Supply;
import org.privateproving.request.RequestCommand.Timeout;
import org.privateproving.request.RequestCommand.Told;
import org.privateproving.request.RequestCommand.Wake;
import org.privateproving.request.State.Absent;
import org.privateproving.request.State.Leased;
import org.privateproving.request.State.Queued;

/**
 * One proof request: the only owner of its truth, sharded over the servers by its id.
 *
 * <p>This class says which part deals with which command: {@link Decisions} decides, {@link
 * Transitions} applies what was decided, {@link Duties} does what a state demands of the world,
 * {@link Effects} keeps the order of the three. So a crash at any point loses nothing: the state
 * says what is left to do.
 */
public final class ProofRequest
    extends EventSourcedBehaviorWithEnforcedReplies<RequestCommand, Event, State> {

  public static final EntityTypeKey<RequestCommand> TYPE_KEY =
      EntityTypeKey.create(RequestCommand.class, "ProofRequest");

  private static final Duration IDLE_AFTER = Duration.ofMinutes(2);
  private static final Duration FIRST_RESTART_AFTER = Duration.ofMillis(500);
  private static final Duration LAST_RESTART_AFTER = Duration.ofSeconds(10);

  private final RequestId id;
  private final ActorContext<RequestCommand> context;
  private final ActorRef<ClusterSharding.ShardCommand> shard;
  private final Clock clock;
  private final Decisions decisions;
  private final Effects effects;
  private final Duties duties;
  private final LeaseClock lease;
  private final ProgramSupply program;
  private final Announcer announcer;
  private final HeldPolls polls;
  private final WorkExchange exchange;
  private final WorkReports reports;
  private final Disposal disposal;

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
        SupervisorStrategy.restartWithBackoff(FIRST_RESTART_AFTER, LAST_RESTART_AFTER, 0.2));
    this.id = id;
    this.context = context;
    this.shard = shard;
    clock = around.clock();
    decisions = Decisions.by(around.settings(), around.network().hearsOfFailures());
    var alarms = new Alarms(timers, clock);
    lease = new LeaseClock(around.settings().leaseTerm(), clock);
    announcer = new Announcer(id, around.dispatcher(), around.queue(), alarms, clock);
    program = new ProgramSupply(id, around.network(), context, alarms);
    var nearEnd = new NearEnd(around.settings().hold());
    polls = new HeldPolls(id, nearEnd, around.durations(), alarms, clock);
    exchange = new WorkExchange(id, around, context);
    var conclusions = context.messageAdapter(Reporter.Conclusion.class, Told::new);
    var reporting = new Reporting(id, around.reporter(), conclusions, alarms);
    disposal = new Disposal(id, around.artifacts(), around.network(), context, alarms);
    var index = new IndexEntry(id, around.index(), clock);
    duties = new Duties(alarms, lease, program, announcer, reporting, disposal, polls, index);
    effects = new Effects(Effect(), duties);
    reports =
        new WorkReports(
            decisions,
            effects,
            lease,
            exchange,
            disposal,
            around.durations(),
            around.settings().stall(),
            clock);
    context.setReceiveTimeout(IDLE_AFTER, Timeout.IDLE);
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
        .onSignal(PostStop.class, (_, _) -> announcer.leave())
        .build();
  }

  @Override
  public CommandHandlerWithReply<RequestCommand, Event, State> commandHandler() {
    return (state, command) ->
        switch (command) {
          case Accept c ->
              effects.answer(
                  decisions.ordered(state, c.order(), now()),
                  state,
                  c.replyTo(),
                  _ -> Done.getInstance());
          case Cancel c ->
              effects.answer(
                  decisions.canceled(state, c.by(), now()), state, c.replyTo(), this::answer);
          case Poll c -> onPoll(state, c);
          case Propose c -> onPropose(state, c);
          case Report(WorkReport report) -> reports.onReport(state, report);
          case ProofStored c -> reports.onProofStored(state, c);
          case ProofNotStored c -> reports.onProofNotStored(c);
          case InputsOpened c -> reports.onInputsOpened(state, c);
          case InputsMissing c -> reports.onInputsMissing(state, c);
          case Supply supply -> onSupply(state, supply);
          case Told(Reporter.Conclusion conclusion) ->
              effects.persist(decisions.reported(state, conclusion, now()));
          case ClosedAtNetwork(Closure closure) ->
              effects.persist(decisions.closed(state, closure, now()));
          case Erasure.DONE -> effects.persist(decisions.erased(state, now()));
          case Erasure.FAILED -> effects.none(); // tried again at the next RETRY
          case Timeout timeout -> onTimeout(state, timeout);
          case Wake _ -> {
            duties.performAll(state);
            yield effects.none();
          }
        };
  }

  private ReplyEffect<Event, State> onPoll(State state, Poll command) {
    if (command.mayHold() && polls.hold(state, command.replyTo())) {
      return effects.none();
    }
    if (state instanceof Absent) {
      sleep(); // whoever asks about anything keeps no actor alive
    }
    return effects.reply(command.replyTo(), answer(state));
  }

  private ReplyEffect<Event, State> onPropose(State state, Propose proposal) {
    Optional<Event> granted = decisions.proposed(state, proposal.fulfiller(), now());
    if (granted.isEmpty()) {
      announcer.decline(proposal.fulfiller());
      return effects.none();
    }
    return effects.persist(
        granted,
        after -> {
          if (after instanceof Leased leased) {
            exchange.assign(leased, proposal.ref());
          }
        });
  }

  private ReplyEffect<Event, State> onSupply(State state, Supply supply) {
    program.heard(supply);
    Optional<Event> end = decisions.supplied(state, supply, now());
    if (end.isPresent() && state instanceof Queued queued) {
      disposal.withdrawProgram(queued.facts().order());
    }
    return remind(state, end);
  }

  private ReplyEffect<Event, State> onTimeout(State state, Timeout timeout) {
    return switch (timeout) {
      case LEASE_OVER ->
          remind(state, lease.isOver() ? decisions.fellSilent(state, now()) : Optional.empty());
      case DEADLINE_OVER -> remind(state, decisions.expired(state, now()));
      case ANNOUNCE, PROGRAM, RETRY -> remind(state, Optional.empty());
      case HOLD_OVER -> {
        polls.answerAll(state);
        yield effects.none();
      }
      case IDLE -> {
        if (state instanceof Absent || state.settled()) {
          sleep();
        }
        yield effects.none();
      }
    };
  }

  /** A timer that came too early, or only to remind: what is left to do is seen to here. */
  private ReplyEffect<Event, State> remind(State state, Optional<Event> event) {
    if (event.isEmpty()) {
      duties.perform(state);
    }
    return effects.persist(event);
  }

  private void sleep() {
    shard.tell(new ClusterSharding.Passivate<>(context.getSelf()));
  }

  private Answer answer(State state) {
    return Answer.of(id, state);
  }

  private Instant now() {
    return clock.instant();
  }
}
