package org.privateproving.request;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.privateproving.request.State.Absent;
import org.privateproving.request.State.Ended;
import org.privateproving.request.State.Expired;
import org.privateproving.request.State.Failed;
import org.privateproving.request.State.Fulfilled;
import org.privateproving.request.State.Leased;
import org.privateproving.request.State.Proved;
import org.privateproving.request.State.Queued;

/** What holds for the events of any request, whatever happened to it. */
final class Lawful {
  /** Where each state may lead; see the picture at {@link Transitions}. */
  private static final Map<Class<?>, Set<Class<?>>> LEADS_TO =
      Map.of(
          Absent.class,
          Set.of(Queued.class),
          Queued.class,
          Set.of(
              Queued.class,
              Leased.class,
              Proved.class,
              Fulfilled.class,
              Failed.class,
              Expired.class),
          Leased.class,
          Set.of(
              Leased.class,
              Queued.class,
              Proved.class,
              Fulfilled.class,
              Failed.class,
              Expired.class),
          Proved.class,
          Set.of(Fulfilled.class, Failed.class, Expired.class),
          Fulfilled.class,
          Set.of(Fulfilled.class),
          Failed.class,
          Set.of(Failed.class),
          Expired.class,
          Set.of(Expired.class));

  private static final Set<Class<?>> AFTER_AN_END =
      Set.of(Event.InputsErased.class, Event.FailureReported.class);

  private static final Set<Class<?>> ONCE =
      Set.of(
          Event.Accepted.class,
          Event.Executed.class,
          Event.Proved.class,
          Event.Fulfilled.class,
          Event.FulfilledElsewhere.class,
          Event.Failed.class,
          Event.FailureReported.class,
          Event.Expired.class,
          Event.InputsErased.class);

  private final int maxAttempts;

  Lawful(int maxAttempts) {
    this.maxAttempts = maxAttempts;
  }

  /** Checks all of it, and returns the state that the events lead to. */
  State check(List<Event> events) {
    State state = new Absent();
    long epoch = 0;
    Set<Class<?>> seen = new HashSet<>();
    for (Event event : events) {
      String what = event.getClass().getSimpleName() + " in " + events;
      if (ONCE.contains(event.getClass())) {
        assertThat(seen.add(event.getClass())).as("only once: %s", what).isTrue();
      }
      if (state instanceof Ended) {
        assertThat(AFTER_AN_END).as("ends are final: %s", what).contains(event.getClass());
      }
      switch (event) {
        case Event.LeaseGranted e -> {
          assertThat(state).as("one holder at a time: %s", what).isInstanceOf(Queued.class);
          assertThat(seen).as("no GPU for what is proved").doesNotContain(Event.Proved.class);
          assertThat(e.epoch()).as("epochs grow: %s", what).isEqualTo(epoch + 1);
          assertRested((Queued) state, e.at());
          epoch = e.epoch();
        }
        case Event.LeaseLost e -> assertThat(e.epoch()).as(what).isEqualTo(epoch);
        case Event.InputsErased _ -> assertThat(state).as(what).isInstanceOf(Ended.class);
        default -> {}
      }
      State next = Transitions.apply(state, event);
      assertThat(LEADS_TO.get(state.getClass())).as(what).contains(next.getClass());
      if (state instanceof Ended && next instanceof Ended) {
        assertThat(outcome(next)).as("ends are final: %s", what).isEqualTo(outcome(state));
      }
      if (next instanceof State.Known known) {
        assertThat(known.facts().updatedAt()).isEqualTo(event.at());
        assertThat(known.facts().attempts()).as(what).isLessThan(maxAttempts);
        assertThat(PublicFace.of(known, event.at())).isNotNull();
      }
      state = next;
    }
    return state;
  }

  private static void assertRested(Queued queued, Instant at) {
    assertThat(queued.rests(at)).as("no lease while it rests").isFalse();
    assertThat(at).isBefore(queued.facts().order().terms().deadline());
  }

  /** What a client is told of an end. */
  private static Object outcome(State end) {
    return switch (end) {
      case Fulfilled s -> List.of(s.proof(), s.txHash());
      case Failed s -> List.of(s.cause(), s.detail());
      default -> end.getClass();
    };
  }
}
