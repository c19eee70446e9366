package org.privateproving.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;
import static org.privateproving.request.SampleRequests.DEADLINE;
import static org.privateproving.request.SampleRequests.DIGEST;
import static org.privateproving.request.SampleRequests.NOW;
import static org.privateproving.request.SampleRequests.PROOF;
import static org.privateproving.request.SampleRequests.executedFacts;
import static org.privateproving.request.SampleRequests.order;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.privateproving.artifact.ArtifactId;
import org.privateproving.artifact.ArtifactInfo;
import org.privateproving.artifact.ArtifactKind;
import org.privateproving.domain.Address;
import org.privateproving.domain.FailureCause;
import org.privateproving.fulfiller.FulfillerMessage;
import org.privateproving.fulfiller.WorkReport.ExecutionReport;
import org.privateproving.fulfiller.WorkReport.Fault;
import org.privateproving.fulfiller.WorkReport.GaveUp;
import org.privateproving.fulfiller.WorkReport.HaveProof;
import org.privateproving.fulfiller.WorkReport.Heartbeat;
import org.privateproving.fulfiller.WorkReport.Phase;
import org.privateproving.network.OwnRequests.Closure;
import org.privateproving.network.ProverNetwork.ReportOutcome;
import org.privateproving.network.ProverNetwork.Result;
import org.privateproving.network.Reporter;
import org.privateproving.request.RequestCommand.InputsMissing;
import org.privateproving.request.RequestCommand.Supply;

/** Everything that can happen, in every state: what follows, and that nothing else does. */
class DecisionsTest {
  private static final Duration TERM = Duration.ofSeconds(15);
  private static final Decisions DECISIONS =
      new Decisions(TERM, 3, new RetryPauses(List.of()), false);
  private static final ActorRef<FulfillerMessage> FULFILLER =
      TestInbox.<FulfillerMessage>create().getRef();
  private static final ExecutionReport RAN = new ExecutionReport(5, 7, DIGEST);
  private static final Event.Executed EXECUTED = new Event.Executed(1, 5, 7, DIGEST, NOW);
  private static final State.Lease LEASE = new State.Lease(1, "gpu-0", NOW, NOW.plus(TERM));

  private static final Map<String, State> STATES = new LinkedHashMap<>();

  static {
    STATES.put("absent", new State.Absent());
    STATES.put("queued", SampleRequests.queued());
    STATES.put("leased", SampleRequests.leased());
    STATES.put("executed", new State.Leased(executedFacts(order()), LEASE));
    STATES.put("proved", SampleRequests.proved());
    STATES.put("fulfilled", SampleRequests.fulfilled());
    STATES.put("failed", SampleRequests.failed(FailureCause.BREAKPOINT));
    STATES.put("to be reported", SampleRequests.unreported());
    STATES.put("expired", SampleRequests.expired());
    STATES.put("settled", new State.Expired(settled()));
  }

  private static final Set<String> UNPROVED = Set.of("queued", "leased", "executed");
  private static final Result THE_PROOF = new Result.Proof(PROOF.artifact(), PROOF.size());
  private static final Result ANOTHER_PROOF =
      new Result.Proof(new ArtifactId(new UUID(0, 0)), PROOF.size());
  private static final Result THE_FAILURE = new Result.Failure(FailureCause.EXCEEDED_GAS_LIMIT);
  private static final Set<String> LEASED = Set.of("leased", "executed");
  private static final Set<String> UNSETTLED =
      Set.of("fulfilled", "failed", "to be reported", "expired");

  /** Something that happens, the states in which it counts, and the event that then follows. */
  private record Happening(
      String name,
      BiFunction<State, Instant, Optional<Event>> decision,
      Instant now,
      Set<String> counts,
      Event event) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Happening happening(
      String name,
      BiFunction<State, Instant, Optional<Event>> decision,
      Set<String> counts,
      Event event) {
    return new Happening(name, decision, NOW, counts, event);
  }

  private static BiFunction<State, Instant, Optional<Event>> told(
      Result result, ReportOutcome outcome) {
    return (state, now) -> DECISIONS.reported(state, new Reporter.Conclusion(result, outcome), now);
  }

  private static List<Happening> happenings() {
    return List.of(
        happening(
            "ordered",
            (state, now) -> DECISIONS.ordered(state, order(), now),
            Set.of("absent"),
            new Event.Accepted(order(), NOW)),
        happening(
            "canceled by its requester",
            (state, now) -> DECISIONS.canceled(state, order().requester(), now),
            UNPROVED,
            failed(FailureCause.CANCELED, "canceled by its requester")),
        happening(
            "proved by somebody else at the network",
            (state, now) -> DECISIONS.closed(state, Closure.FULFILLED, now),
            UNPROVED,
            new Event.FulfilledElsewhere(NOW)),
        happening(
            "expired at the network",
            (state, now) -> DECISIONS.closed(state, Closure.EXPIRED, now),
            UNPROVED,
            new Event.Expired(NOW)),
        happening(
            "called unexecutable at the network",
            (state, now) -> DECISIONS.closed(state, Closure.UNEXECUTABLE, now),
            UNPROVED,
            failed(
                FailureCause.EXECUTION_FAILED,
                "the network closed it as one that cannot be executed")),
        happening(
            "called unfulfillable at the network",
            (state, now) -> DECISIONS.closed(state, Closure.UNFULFILLABLE, now),
            UNPROVED,
            failed(
                FailureCause.CLOSED_BY_NETWORK,
                "the network closed it as one that cannot be proved")),
        happening(
            "canceled by a stranger",
            (state, now) ->
                DECISIONS.canceled(state, Address.of(SampleRequests.bytes(20, 99)), now),
            Set.of(),
            new Event.Expired(NOW)),
        happening(
            "proposed",
            (state, now) -> DECISIONS.proposed(state, "gpu-1", now),
            Set.of("queued"),
            new Event.LeaseGranted(1, "gpu-1", NOW.plus(TERM), NOW)),
        new Happening(
            "proposed at the deadline",
            (state, now) -> DECISIONS.proposed(state, "gpu-1", now),
            DEADLINE,
            Set.of(),
            new Event.Expired(NOW)),
        happening(
            "heard from, having executed",
            (state, now) -> DECISIONS.heard(state, beat(1, true), now),
            Set.of("leased"),
            EXECUTED),
        happening(
            "heard from, not having executed",
            (state, now) -> DECISIONS.heard(state, beat(1, false), now),
            Set.of(),
            EXECUTED),
        happening(
            "heard from under another epoch",
            (state, now) -> DECISIONS.heard(state, beat(2, true), now),
            Set.of(),
            EXECUTED),
        happening(
            "given up by its own fault",
            (state, now) -> DECISIONS.gaveUp(state, gaveUp(1, Fault.REQUEST), now),
            LEASED,
            failed(FailureCause.BREAKPOINT, "why")),
        happening(
            "given up by nobody's fault",
            (state, now) -> DECISIONS.gaveUp(state, gaveUp(1, Fault.NONE), now),
            LEASED,
            new Event.LeaseLost(1, "why", false, Optional.empty(), NOW)),
        happening(
            "given up by the device's fault",
            (state, now) -> DECISIONS.gaveUp(state, gaveUp(1, Fault.DEVICE), now),
            LEASED,
            new Event.LeaseLost(1, "why", true, Optional.empty(), NOW)),
        happening(
            "given up under another epoch",
            (state, now) -> DECISIONS.gaveUp(state, gaveUp(2, Fault.REQUEST), now),
            Set.of(),
            failed(FailureCause.BREAKPOINT, "why")),
        happening(
            "fallen silent",
            DECISIONS::fellSilent,
            LEASED,
            new Event.LeaseLost(1, "its fulfiller fell silent", true, Optional.empty(), NOW)),
        happening(
            "its stdin missing",
            (state, now) -> DECISIONS.inputsMissing(state, new InputsMissing(1, false), now),
            LEASED,
            failed(FailureCause.INPUTS_LOST, "its stdin is no longer here")),
        happening(
            "its program missing",
            (state, now) -> DECISIONS.inputsMissing(state, new InputsMissing(1, true), now),
            LEASED,
            failed(FailureCause.INPUTS_LOST, "its program is no longer here; register it again")),
        happening(
            "inputs missing under another epoch",
            (state, now) -> DECISIONS.inputsMissing(state, new InputsMissing(2, false), now),
            Set.of(),
            failed(FailureCause.INPUTS_LOST, "")),
        happening(
            "its program not to be had",
            (state, now) -> DECISIONS.supplied(state, new Supply.Gone("gone"), now),
            Set.of("queued"),
            failed(FailureCause.INPUTS_LOST, "its program cannot be had: gone")),
        happening(
            "its program still on its way",
            (state, now) -> DECISIONS.supplied(state, new Supply.Late("slow"), now),
            Set.of(),
            failed(FailureCause.INPUTS_LOST, "")),
        happening(
            "its program here",
            (state, now) -> DECISIONS.supplied(state, Supply.Here.INSTANCE, now),
            Set.of(),
            failed(FailureCause.INPUTS_LOST, "")),
        happening(
            "taken by the network",
            told(THE_PROOF, new ReportOutcome.Taken(DIGEST.bytes())),
            Set.of("proved"),
            new Event.Fulfilled(DIGEST, NOW)),
        happening(
            "rejected by the network",
            told(THE_PROOF, new ReportOutcome.Rejected("no")),
            Set.of("proved"),
            failed(FailureCause.REFUSED_BY_NETWORK, "no")),
        happening(
            "too late for the network",
            told(THE_PROOF, new ReportOutcome.TooLate()),
            Set.of("proved"),
            new Event.Expired(NOW)),
        happening(
            "another proof taken by the network",
            told(ANOTHER_PROOF, new ReportOutcome.Taken(DIGEST.bytes())),
            Set.of(),
            new Event.Fulfilled(DIGEST, NOW)),
        happening(
            "its failure taken by the network",
            told(THE_FAILURE, new ReportOutcome.Taken(DIGEST.bytes())),
            Set.of("to be reported"),
            new Event.FailureReported(NOW)),
        new Happening(
            "before the deadline",
            DECISIONS::expired,
            DEADLINE.minusNanos(1),
            Set.of(),
            new Event.Expired(DEADLINE)),
        new Happening(
            "at the deadline", DECISIONS::expired, DEADLINE, UNPROVED, new Event.Expired(DEADLINE)),
        happening("erased", DECISIONS::erased, UNSETTLED, new Event.InputsErased(NOW)));
  }

  static Stream<Arguments> table() {
    return happenings().stream()
        .flatMap(happening -> STATES.keySet().stream().map(state -> arguments(happening, state)));
  }

  @ParameterizedTest
  @MethodSource("table")
  void shouldFollow(Happening happening, String name) {
    State state = state(name);
    Optional<Event> decided = happening.decision().apply(state, happening.now());
    if (happening.counts().contains(name)) {
      assertThat(decided).contains(happening.event());
      assertThat(Transitions.apply(state, decided.get())).isNotNull();
    } else {
      assertThat(decided).isEmpty();
    }
  }

  @Test
  void shouldGiveUpWithTheLastAttempt() {
    assertThat(DECISIONS.fellSilent(attempted(1), NOW)).containsInstanceOf(Event.LeaseLost.class);
    assertThat(DECISIONS.fellSilent(attempted(2), NOW))
        .contains(
            failed(
                FailureCause.ATTEMPTS_EXHAUSTED,
                "given up after 3 attempts; the last: its fulfiller fell silent"));
    assertThat(DECISIONS.gaveUp(attempted(2), gaveUp(1, Fault.DEVICE), NOW))
        .contains(failed(FailureCause.BREAKPOINT, "given up after 3 attempts; the last: why"));
  }

  @Test
  void shouldNeverGiveUpForWhatIsNobodysFault() {
    assertThat(DECISIONS.gaveUp(attempted(2), gaveUp(1, Fault.NONE), NOW))
        .contains(new Event.LeaseLost(1, "why", false, Optional.empty(), NOW));
  }

  @Test
  void shouldRaiseTheEpochWithEachLease() {
    var facts = new State.Facts(order(), NOW, NOW, 41, 0, Optional.empty(), false);
    assertThat(DECISIONS.proposed(new State.Queued(facts), "gpu-1", NOW))
        .contains(new Event.LeaseGranted(42, "gpu-1", NOW.plus(TERM), NOW));
  }

  @ParameterizedTest
  @MethodSource("states")
  void shouldWelcomeAProofWhereThereIsNoneAndNowhereElse(String name) {
    Event proved = new Event.Proved(1, PROOF, NOW);
    List<Event> expected =
        switch (name) {
          case "queued", "leased" -> List.of(EXECUTED, proved);
          case "executed" -> List.of(proved);
          default -> List.of();
        };
    assertThat(proofStored(state(name))).isEqualTo(expected);
  }

  private static State state(String name) {
    return Objects.requireNonNull(STATES.get(name));
  }

  static Set<String> states() {
    return STATES.keySet();
  }

  private static List<Event> proofStored(State state) {
    var offer = new HaveProof(1, PROOF.size(), PROOF.sha256(), RAN, FULFILLER);
    return DECISIONS.proofStored(state, offer, stored(), NOW);
  }

  private static ArtifactInfo stored() {
    return new ArtifactInfo(
        PROOF.artifact(),
        ArtifactKind.PROOF,
        order().requester(),
        true,
        PROOF.size(),
        Optional.of(PROOF.sha256()),
        Optional.of(SampleRequests.ID.hex()),
        NOW);
  }

  private static State.Leased attempted(int attempts) {
    return new State.Leased(
        new State.Facts(order(), NOW, NOW, 1, attempts, Optional.empty(), false), LEASE);
  }

  @Test
  void aFailureIsReportedWhereTheNetworkHearsOfFailuresUnlessTheRequesterTold() {
    Decisions upstream = new Decisions(TERM, 3, new RetryPauses(List.of()), true);
    assertThat(upstream.canceled(SampleRequests.queued(), order().requester(), NOW))
        .contains(failed(FailureCause.CANCELED, "canceled by its requester"));
    assertThat(upstream.gaveUp(SampleRequests.leased(), gaveUp(1, Fault.REQUEST), NOW))
        .get()
        .isInstanceOfSatisfying(
            Event.Failed.class, failed -> assertThat(failed.reportDue()).contains(true));
    assertThat(upstream.closed(SampleRequests.leased(), Closure.UNFULFILLABLE, NOW))
        .get()
        .isInstanceOfSatisfying(
            Event.Failed.class, failed -> assertThat(failed.reportDue()).isEmpty());
  }

  @Test
  void whateverTheNetworkSaysToAFailureItHasBeenTold() {
    for (ReportOutcome outcome :
        List.of(
            new ReportOutcome.Taken(new byte[32]),
            new ReportOutcome.Rejected("closed"),
            new ReportOutcome.TooLate())) {
      assertThat(told(THE_FAILURE, outcome).apply(SampleRequests.unreported(), NOW))
          .contains(new Event.FailureReported(NOW));
    }
  }

  private static State.Facts settled() {
    return new State.Facts(order(), NOW, NOW, 1, 0, Optional.empty(), true);
  }

  private static Event.Failed failed(FailureCause cause, String detail) {
    return new Event.Failed(cause, detail, Optional.empty(), NOW);
  }

  private static Heartbeat beat(long epoch, boolean executed) {
    return new Heartbeat(
        epoch,
        Phase.PROVING,
        Optional.empty(),
        executed ? Optional.of(RAN) : Optional.empty(),
        FULFILLER);
  }

  private static GaveUp gaveUp(long epoch, Fault fault) {
    return new GaveUp(epoch, FailureCause.BREAKPOINT, "why", fault, FULFILLER);
  }
}
