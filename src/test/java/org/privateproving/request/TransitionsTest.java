package org.privateproving.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.privateproving.request.SampleRequests.NOW;
import static org.privateproving.request.SampleRequests.events;
import static org.privateproving.request.SampleRequests.expired;
import static org.privateproving.request.SampleRequests.failed;
import static org.privateproving.request.SampleRequests.fulfilled;
import static org.privateproving.request.SampleRequests.leased;
import static org.privateproving.request.SampleRequests.proved;
import static org.privateproving.request.SampleRequests.queued;
import static org.privateproving.request.SampleRequests.unreported;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.privateproving.domain.FailureCause;

class TransitionsTest {
  /** The table of the design: from each state, the events that may come and where they lead. */
  private static final Map<String, Map<String, String>> TABLE =
      Map.of(
          "Absent",
          Map.of("Accepted", "Queued"),
          "Queued",
          Map.of(
              "LeaseGranted", "Leased",
              "FulfilledElsewhere", "Fulfilled",
              "Executed", "Queued",
              "Proved", "Proved",
              "Failed", "Failed",
              "Expired", "Expired"),
          "Leased",
          Map.of(
              "LeaseLost", "Queued",
              "FulfilledElsewhere", "Fulfilled",
              "Executed", "Leased",
              "Proved", "Proved",
              "Failed", "Failed",
              "Expired", "Expired"),
          "Proved",
          Map.of("Fulfilled", "Fulfilled", "Failed", "Failed", "Expired", "Expired"),
          "Fulfilled",
          Map.of("InputsErased", "Fulfilled"),
          "Failed",
          Map.of("InputsErased", "Failed"),
          "Expired",
          Map.of("InputsErased", "Expired"),
          "Failed, to be reported",
          Map.of("InputsErased", "Failed", "FailureReported", "Failed"));

  record Pair(State state, Event event) {
    @Override
    public String toString() {
      return name(state) + " × " + name(event);
    }
  }

  static Stream<Pair> everyPair() {
    List<State> states =
        List.of(
            new State.Absent(),
            queued(),
            leased(),
            proved(),
            fulfilled(),
            failed(FailureCause.CANCELED),
            unreported(),
            expired());
    List<Pair> pairs = new ArrayList<>();
    states.forEach(state -> events().forEach(event -> pairs.add(new Pair(state, event))));
    return pairs.stream();
  }

  @ParameterizedTest
  @MethodSource("everyPair")
  void shouldLeadWhereTheTableSaysAndThrowForAnyOtherPair(Pair pair) {
    String next = TABLE.getOrDefault(from(pair.state()), Map.of()).get(name(pair.event()));
    if (next != null) {
      assertThat(name(Transitions.apply(pair.state(), pair.event()))).isEqualTo(next);
    } else {
      assertThatThrownBy(() -> Transitions.apply(pair.state(), pair.event()))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("cannot follow");
    }
  }

  @Test
  void shouldHaveAnEventOfEachKindInTheTable() {
    Set<String> kinds =
        Set.copyOf(
            Stream.of(Event.class.getPermittedSubclasses()).map(Class::getSimpleName).toList());
    assertThat(events())
        .extracting(TransitionsTest::name)
        .containsExactlyInAnyOrderElementsOf(kinds);
  }

  @Test
  void shouldTakeTheEpochFromTheGrant() {
    var granted = new Event.LeaseGranted(8, "gpu-1", NOW.plusSeconds(15), NOW);
    State.Leased after = (State.Leased) Transitions.apply(queued(), granted);
    assertThat(after.facts().epoch()).isEqualTo(8);
    assertThat(after.lease().epoch()).isEqualTo(8);
    assertThat(after.lease().fulfiller()).isEqualTo("gpu-1");
  }

  @Test
  void shouldCountAnAttemptOnlyWhenTheLossWasSomebodysFault() {
    State.Queued fault =
        (State.Queued)
            Transitions.apply(
                leased(), new Event.LeaseLost(1, "crash", true, Optional.empty(), NOW));
    State.Queued drained =
        (State.Queued)
            Transitions.apply(
                leased(), new Event.LeaseLost(1, "drain", false, Optional.empty(), NOW));
    assertThat(fault.facts().attempts()).isEqualTo(1);
    assertThat(drained.facts().attempts()).isZero();
    assertThat(fault.facts().epoch()).as("epochs never go back").isEqualTo(1);
  }

  @Test
  void shouldKeepWhatTheExecutionShowedThroughALostLease() {
    State executed =
        Transitions.apply(leased(), new Event.Executed(1, 5, 7, SampleRequests.DIGEST, NOW));
    State.Queued after =
        (State.Queued)
            Transitions.apply(
                executed, new Event.LeaseLost(1, "crash", true, Optional.empty(), NOW));
    assertThat(after.facts().execution()).get().extracting("cycles").isEqualTo(5L);
  }

  @Test
  void shouldBeSettledOnlyWhenInputsAreErasedAndTheNetworkKnows() {
    State erased = Transitions.apply(unreported(), new Event.InputsErased(NOW));
    State reported = Transitions.apply(unreported(), new Event.FailureReported(NOW));
    assertThat(erased.settled()).isFalse();
    assertThat(reported.settled()).isFalse();
    assertThat(Transitions.apply(erased, new Event.FailureReported(NOW)).settled()).isTrue();
    assertThat(Transitions.apply(reported, new Event.InputsErased(NOW)).settled()).isTrue();
  }

  private static String from(State state) {
    boolean due = state instanceof State.Failed failed && failed.reportDue();
    return name(state) + (due ? ", to be reported" : "");
  }

  private static String name(Object object) {
    return object.getClass().getSimpleName();
  }
}
