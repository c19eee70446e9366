package org.privateproving.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.privateproving.dispatch.SampleWork.ALICE;
import static org.privateproving.dispatch.SampleWork.NOW;
import static org.privateproving.dispatch.SampleWork.device;
import static org.privateproving.dispatch.SampleWork.id;
import static org.privateproving.dispatch.SampleWork.waiting;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.pekko.actor.testkit.typed.javadsl.BehaviorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.junit.jupiter.api.Test;
import org.privateproving.domain.RequestId;

class RollCallTest {
  private final LocalQueue queue = new LocalQueue();
  private final TestInbox<Dispatcher.Command> dispatcher = TestInbox.create();
  private final BehaviorTestKit<RollCall.Command> server =
      BehaviorTestKit.create(RollCall.create(queue, dispatcher.getRef()));

  private void waits(int count) {
    IntStream.range(0, count).forEach(n -> queue.add(waiting(n, ALICE, NOW)));
  }

  /** What is shown while the dispatcher says nothing. */
  private List<WaitingRequest> shown() {
    return dispatcher.getAllReceived().stream()
        .map(Dispatcher.StillWaiting.class::cast)
        .flatMap(page -> page.requests().stream())
        .toList();
  }

  /**
   * What is shown to a dispatcher that takes page after page, the first as one who knows nobody.
   */
  private Set<RequestId> shownAtOnce() {
    Set<RequestId> all = new HashSet<>();
    server.run(RollCall.Tick.INSTANCE);
    dispatcher.getAllReceived();
    server.run(new RollCall.Heard(false, List.of()));
    while (dispatcher.hasMessages()) {
      shown().forEach(request -> all.add(request.id()));
      server.run(new RollCall.Heard(true, List.of()));
    }
    return all;
  }

  @Test
  void shouldGiveASignOfLifeThoughNothingWaits() {
    server.run(RollCall.Tick.INSTANCE);
    dispatcher.expectMessage(new Dispatcher.StillWaiting(List.of(), server.getRef()));
  }

  @Test
  void shouldShowAPageWithEachTickUntilAllWereShownAndThenBeginAnew() {
    waits(RollCall.PAGE + 10);
    server.run(RollCall.Tick.INSTANCE);
    assertThat(shown()).hasSize(RollCall.PAGE);
    server.run(RollCall.Tick.INSTANCE);
    assertThat(shown()).hasSize(10);
    server.run(RollCall.Tick.INSTANCE);
    assertThat(shown()).hasSize(RollCall.PAGE).first().extracting(r -> r.id()).isEqualTo(id(0));
  }

  @Test
  void shouldShowEverythingWithinARoundHoweverMuchWaits() {
    waits(100_000);
    long ticks = RollCall.ROUND.dividedBy(RollCall.EVERY);
    Set<RequestId> all = new HashSet<>();
    for (long i = 0; i < ticks; i++) {
      server.run(RollCall.Tick.INSTANCE);
      shown().forEach(request -> all.add(request.id()));
    }
    assertThat(all).hasSize(100_000);
  }

  @Test
  void shouldShowEverythingAtOnceToADispatcherThatHasJustStarted() {
    waits(10_000);
    assertThat(shownAtOnce()).hasSize(10_000);
  }

  @Test
  void shouldBeSilentTowardsADispatcherThatKnowsItUntilTheNextTick() {
    waits(10);
    server.run(RollCall.Tick.INSTANCE);
    dispatcher.getAllReceived();
    server.run(new RollCall.Heard(true, List.of()));
    assertThat(dispatcher.hasMessages()).isFalse();
  }

  @Test
  void shouldNotShowWhatWaitsNoMore() {
    waits(3);
    queue.remove(id(1));
    assertThat(shownAtOnce()).containsExactlyInAnyOrder(id(0), id(2));
  }

  @Test
  void shouldKeepWhatTheDispatcherSaysOfDevices() {
    List<DeviceGroup> devices = DeviceGroup.of(List.of(device("a"), device("b")));
    assertThat(queue.devices()).isEmpty();
    server.run(new RollCall.Heard(true, devices));
    assertThat(queue.devices()).isEqualTo(devices).first().extracting(d -> d.count()).isEqualTo(2);
  }
}
