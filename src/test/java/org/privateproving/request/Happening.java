package org.privateproving.request;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;
import org.privateproving.artifact.ArtifactId;
import org.privateproving.fulfiller.WorkReport.Fault;
import org.privateproving.network.OwnRequests.Closure;
import org.privateproving.network.ProverNetwork.ReportOutcome;
import org.privateproving.network.ProverNetwork.Result;
import org.privateproving.network.Reporter;

/** Something that may happen to a request, at any time and any number of times. */
sealed interface Happening {

  /** An epoch, seen from the latest. */
  enum Epoch {
    STALE(-1),
    LATEST(0),
    NEVER_GRANTED(1);

    private final int offset;

    Epoch(int offset) {
      this.offset = offset;
    }

    long from(long latest) {
      return latest + offset;
    }
  }

  record Ordered() implements Happening {}

  record Proposed(int fulfiller) implements Happening {}

  record Heard(Epoch epoch, boolean executed) implements Happening {}

  record GaveUp(Epoch epoch, Fault fault) implements Happening {}

  record FellSilent() implements Happening {}

  record ProofStored(Epoch epoch) implements Happening {}

  record InputsMissing(Epoch epoch, boolean program) implements Happening {}

  /**
   * @param late whether it is about something else than what the network is to be told now
   */
  record Told(boolean late, ReportOutcome outcome) implements Happening {
    private static final Result ANOTHER = new Result.Proof(new ArtifactId(new UUID(0, 0)), 1);

    Reporter.Conclusion conclusion(State state) {
      Optional<Result> due = late ? Optional.empty() : Reporting.due(state);
      return new Reporter.Conclusion(due.orElse(ANOTHER), outcome);
    }
  }

  record Closed(Closure closure) implements Happening {}

  record Canceled(boolean byItsRequester) implements Happening {}

  record DeadlineLooked() implements Happening {}

  record Erased() implements Happening {}

  record Restarted() implements Happening {}

  record TimePassed(Duration time) implements Happening {}

  /** Mostly what drives a request on, so that every state is reached; and all the rest. */
  static Arbitrary<List<Happening>> sequences(int most) {
    Arbitrary<Boolean> either = Arbitraries.of(true, false);
    Arbitrary<Epoch> epochs =
        Arbitraries.frequency(
            Tuple.of(6, Epoch.LATEST), Tuple.of(3, Epoch.STALE), Tuple.of(1, Epoch.NEVER_GRANTED));
    List<Tuple.Tuple2<Integer, Arbitrary<Happening>>> kinds =
        List.of(
            Tuple.of(3, Arbitraries.just(new Ordered())),
            Tuple.of(8, Arbitraries.integers().between(0, 2).map(Proposed::new)),
            Tuple.of(4, Combinators.combine(epochs, either).as(Heard::new)),
            Tuple.of(4, Combinators.combine(epochs, Arbitraries.of(Fault.class)).as(GaveUp::new)),
            Tuple.of(2, Arbitraries.just(new FellSilent())),
            Tuple.of(2, epochs.map(ProofStored::new)),
            Tuple.of(1, Combinators.combine(epochs, either).as(InputsMissing::new)),
            Tuple.of(2, Combinators.combine(either, Arbitraries.of(outcomes())).as(Told::new)),
            Tuple.of(1, Arbitraries.of(Closure.class).map(Closed::new)),
            Tuple.of(1, either.map(Canceled::new)),
            Tuple.of(1, Arbitraries.just(new DeadlineLooked())),
            Tuple.of(2, Arbitraries.just(new Erased())),
            Tuple.of(2, Arbitraries.just(new Restarted())),
            Tuple.of(4, Arbitraries.of(times()).map(TimePassed::new)));
    return Arbitraries.frequencyOf(kinds)
        .list()
        .ofMaxSize(most)
        .map(
            happenings -> {
              List<Happening> all = new ArrayList<>(happenings);
              all.addFirst(new Ordered());
              return all;
            });
  }

  private static List<ReportOutcome> outcomes() {
    return List.of(
        new ReportOutcome.Taken(SampleRequests.DIGEST.bytes()),
        new ReportOutcome.Rejected("no"),
        new ReportOutcome.TooLate());
  }

  private static List<Duration> times() {
    return Arrays.asList(
        Duration.ofMillis(1),
        Duration.ofSeconds(1),
        Duration.ofSeconds(6),
        Duration.ofSeconds(40),
        Duration.ofHours(5));
  }
}
