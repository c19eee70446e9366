package org.privateproving.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import org.privateproving.domain.Address;
import org.privateproving.domain.FailureCause;
import org.privateproving.fulfiller.WorkReport;

/**
 * The same as {@link RequestPropertiesTest}, through the real actor, its journal and its
 * serializers.
 */
class ActorPropertiesTest {
  private static final RequestKit KIT = RequestKit.start();
  private static final Address STRANGER = Address.of(SampleRequests.bytes(20, 99));

  @AfterContainer
  static void close() {
    KIT.close();
  }

  @Provide
  Arbitrary<List<Happening>> happenings() {
    return Happening.sequences(16);
  }

  @Property(tries = 60, shrinking = ShrinkingMode.OFF)
  void everyHistoryInTheJournalIsLawful(@ForAll("happenings") List<Happening> happenings) {
    RunningRequest request = KIT.request().toldItsOwnWords();
    for (Happening happening : happenings) {
      boolean welcome = request.state() instanceof State.Unproved;
      meets(request, happening);
      if (happening instanceof Happening.ProofStored && welcome) {
        assertThat(request.state()).isNotInstanceOf(State.Unproved.class);
      }
    }
    // An end erases the input by itself, at any moment; then nothing changes any more.
    await("the journal and the state agree")
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(
            () -> {
              List<Event> events = request.journal();
              assertThat(new Lawful(RunningRequest.MAX_ATTEMPTS).check(events))
                  .isEqualTo(request.state());
            });
    State before = request.state();
    request.restart();
    if (!(before instanceof State.Ended)) {
      assertThat(request.state()).isEqualTo(before);
    }
    assertThat(request.polled(false).snapshot().map(Snapshot::id)).contains(request.id);
  }

  private static void meets(RunningRequest request, Happening happening) {
    long latest = request.state() instanceof State.Known known ? known.facts().epoch() : 0;
    switch (happening) {
      case Happening.Ordered() -> request.accepted();
      case Happening.Proposed(int n) -> request.proposed("gpu-" + n);
      case Happening.Heard(var epoch, boolean executed) ->
          request.told(request.beat(epoch.from(latest), executed));
      case Happening.GaveUp(var epoch, var fault) ->
          request.told(
              new WorkReport.GaveUp(
                  epoch.from(latest),
                  FailureCause.BREAKPOINT,
                  "why",
                  fault,
                  request.fulfiller.getRef()));
      case Happening.FellSilent() -> request.meets(RequestCommand.Timeout.LEASE_OVER);
      case Happening.ProofStored(var epoch) ->
          request.meets(
              new RequestCommand.ProofStored(
                  request.offer(epoch.from(latest), "the proof"), request.storedProof()));
      case Happening.InputsMissing(var epoch, boolean program) ->
          request.meets(new RequestCommand.InputsMissing(epoch.from(latest), program));
      case Happening.Told told ->
          request.meets(new RequestCommand.Told(told.conclusion(request.state())));
      case Happening.Closed(var closure) ->
          request.meets(new RequestCommand.ClosedAtNetwork(closure));
      case Happening.Canceled(boolean byItsRequester) ->
          request.canceled(byItsRequester ? request.order().requester() : STRANGER);
      case Happening.DeadlineLooked() -> request.meets(RequestCommand.Timeout.DEADLINE_OVER);
      case Happening.Erased() -> request.meets(RequestCommand.Erasure.DONE);
      case Happening.Restarted() -> request.restart();
      case Happening.TimePassed(Duration _) -> request.woken();
    }
  }
}
