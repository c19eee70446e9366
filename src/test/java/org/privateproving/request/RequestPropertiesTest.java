package org.privateproving.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.privateproving.request.SampleRequests.DIGEST;
import static org.privateproving.request.SampleRequests.NOW;
import static org.privateproving.request.SampleRequests.PROOF;
import static org.privateproving.request.SampleRequests.order;

import java.io.NotSerializableException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.Statistics;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.apache.pekko.actor.typed.ActorRef;
import org.privateproving.artifact.ArtifactInfo;
import org.privateproving.artifact.ArtifactKind;
import org.privateproving.domain.Address;
import org.privateproving.domain.FailureCause;
import org.privateproving.fulfiller.FulfillerMessage;
import org.privateproving.fulfiller.WorkReport;

/** Whatever happens to a request, in whatever order and however often: what holds all the same. */
class RequestPropertiesTest {
  private static final int MAX_ATTEMPTS = 3;
  private static final RetryPauses PAUSES =
      new RetryPauses(List.of(Duration.ofSeconds(1), Duration.ofSeconds(5)));
  private static final ActorRef<FulfillerMessage> FULFILLER =
      TestInbox.<FulfillerMessage>create().getRef();
  private static final WorkReport.ExecutionReport RAN =
      new WorkReport.ExecutionReport(5, 7, DIGEST);

  @Provide
  Arbitrary<List<Happening>> happenings() {
    return Happening.sequences(40);
  }

  @Property(tries = 5000)
  void everyHistoryIsLawfulWhereFailuresAreReported(
      @ForAll("happenings") List<Happening> happenings) {
    everyHistoryIsLawful(happenings, true);
  }

  @Property(tries = 5000)
  void everyHistoryIsLawfulWhereTheyAreNot(@ForAll("happenings") List<Happening> happenings) {
    everyHistoryIsLawful(happenings, false);
  }

  private static void everyHistoryIsLawful(List<Happening> happenings, boolean reportFailures) {
    var request = new PureRequest(reportFailures);
    for (Happening happening : happenings) {
      request.meets(happening);
    }
    State state = new Lawful(MAX_ATTEMPTS).check(request.events);
    assertThat(state).isEqualTo(request.state);
    Statistics.collect(state.getClass().getSimpleName());
    Statistics.coverage(
        reached ->
            List.of("Queued", "Leased", "Proved", "Fulfilled", "Failed", "Expired")
                .forEach(name -> reached.check(name).percentage(p -> p > 1)));
  }

  @Property(tries = 2000)
  void whatIsReadFromTheJournalLeadsToTheSameState(@ForAll("happenings") List<Happening> happenings)
      throws NotSerializableException {
    var request = new PureRequest(true);
    happenings.forEach(request::meets);
    var serializer = new EventSerializer();
    State read = new State.Absent();
    for (Event event : request.events) {
      String manifest = serializer.manifest(event);
      read =
          Transitions.apply(
              read, (Event) serializer.fromBinary(serializer.toBinary(event), manifest));
    }
    assertThat(read).isEqualTo(request.state);
  }

  @Property(tries = 2000)
  void whatHappensTwiceInARowHappensOnce(@ForAll("happenings") List<Happening> happenings) {
    var once = new PureRequest(true);
    var twice = new PureRequest(true);
    for (Happening happening : happenings) {
      State before = twice.state;
      once.meets(happening);
      twice.meets(happening);
      if (!(happening instanceof Happening.TimePassed)) {
        twice.meets(happening, before);
      }
    }
    assertThat(twice.events).isEqualTo(once.events);
  }

  /** A request without an actor: every decision is applied as it is made. */
  private static final class PureRequest {
    final List<Event> events = new ArrayList<>();
    State state = new State.Absent();
    private final Decisions decisions;
    private Instant now = NOW;

    PureRequest(boolean reportFailures) {
      decisions = new Decisions(Duration.ofSeconds(15), MAX_ATTEMPTS, PAUSES, reportFailures);
    }

    void meets(Happening happening) {
      meets(happening, state);
    }

    static long epoch(State state) {
      return state instanceof State.Known known ? known.facts().epoch() : 0;
    }

    /**
     * @param sent the state when the message was sent
     */
    void meets(Happening happening, State sent) {
      State before = state;
      List<Event> decided = decide(happening, sent);
      for (Event event : decided) {
        events.add(event);
        state = Transitions.apply(state, event);
      }
      if (happening instanceof Happening.ProofStored && before instanceof State.Unproved) {
        assertThat(state).as("a proof is welcome").isInstanceOf(State.Proved.class);
      }
    }

    private List<Event> decide(Happening happening, State sent) {
      long latest = epoch(sent);
      return switch (happening) {
        case Happening.Ordered() -> list(decisions.ordered(state, order(), now));
        case Happening.Proposed(int n) -> list(decisions.proposed(state, "gpu-" + n, now));
        case Happening.Heard(var epoch, boolean executed) ->
            list(decisions.heard(state, beat(epoch.from(latest), executed), now));
        case Happening.GaveUp(var epoch, var fault) ->
            list(
                decisions.gaveUp(
                    state,
                    new WorkReport.GaveUp(
                        epoch.from(latest), FailureCause.BREAKPOINT, "why", fault, FULFILLER),
                    now));
        case Happening.FellSilent() -> list(decisions.fellSilent(state, now));
        case Happening.ProofStored(var epoch) ->
            decisions.proofStored(state, offer(epoch.from(latest)), stored(), now);
        case Happening.InputsMissing(var epoch, boolean program) ->
            list(
                decisions.inputsMissing(
                    state, new RequestCommand.InputsMissing(epoch.from(latest), program), now));
        case Happening.Told told -> list(decisions.reported(state, told.conclusion(sent), now));
        case Happening.Closed(var closure) -> list(decisions.closed(state, closure, now));
        case Happening.Canceled(boolean byItsRequester) ->
            list(decisions.canceled(state, byItsRequester ? order().requester() : STRANGER, now));
        case Happening.DeadlineLooked() -> list(decisions.expired(state, now));
        case Happening.Erased() -> list(decisions.erased(state, now));
        case Happening.Restarted() -> {
          assertThat(new Lawful(MAX_ATTEMPTS).check(events)).isEqualTo(state);
          yield List.of();
        }
        case Happening.TimePassed(Duration time) -> {
          now = now.plus(time);
          yield List.of();
        }
      };
    }

    private static List<Event> list(Optional<Event> event) {
      return event.stream().toList();
    }
  }

  private static final Address STRANGER = Address.of(SampleRequests.bytes(20, 99));

  private static WorkReport.Heartbeat beat(long epoch, boolean executed) {
    return new WorkReport.Heartbeat(
        epoch,
        WorkReport.Phase.PROVING,
        Optional.empty(),
        executed ? Optional.of(RAN) : Optional.empty(),
        FULFILLER);
  }

  private static WorkReport.HaveProof offer(long epoch) {
    return new WorkReport.HaveProof(epoch, PROOF.size(), PROOF.sha256(), RAN, FULFILLER);
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
}
