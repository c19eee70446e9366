package org.privateproving.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.privateproving.dispatch.SampleWork.ALICE;
import static org.privateproving.dispatch.SampleWork.NOW;
import static org.privateproving.dispatch.SampleWork.device;
import static org.privateproving.dispatch.SampleWork.id;
import static org.privateproving.dispatch.SampleWork.waiting;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.apache.pekko.actor.testkit.typed.javadsl.BehaviorTestKit;
import org.junit.jupiter.api.Test;
import org.privateproving.fulfiller.DeviceOffer;

class DispatcherTest {
  private final List<String> proposals = new ArrayList<>();
  private final SettableClock clock = new SettableClock(NOW);
  private final BehaviorTestKit<Dispatcher.Command> dispatcher =
      BehaviorTestKit.create(
          Dispatcher.create(
              (id, device) -> proposals.add(id.hex().substring(62) + "→" + device.fulfiller()),
              clock));

  private static final class SettableClock extends Clock {
    private Instant now;

    SettableClock(Instant now) {
      this.now = now;
    }

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  private void pass(Duration time) {
    clock.now = clock.now.plus(time);
  }

  private void waits(int n) {
    dispatcher.run(new Dispatcher.Waiting(waiting(n, ALICE, NOW.plusSeconds(1000 + n))));
  }

  private void offers(DeviceOffer device, long serial, boolean free) {
    dispatcher.run(
        new Dispatcher.Offered(
            new DeviceOffer(
                device.fulfiller(),
                serial,
                free,
                device.versions(),
                device.modes(),
                device.warm(),
                device.ref())));
  }

  @Test
  void shouldProposeAMatchTheMomentBothAreThere() {
    waits(1);
    assertThat(proposals).isEmpty();
    offers(device("a"), 1, true);
    assertThat(proposals).containsExactly("01→a");
  }

  @Test
  void shouldNotProposeAgainWhileTheFirstProposalIsOnItsWay() {
    DeviceOffer a = device("a");
    waits(1);
    offers(a, 1, true);
    waits(2);
    offers(a, 2, true); // said before the assignment reached it
    waits(1);
    assertThat(proposals).containsExactly("01→a");
  }

  @Test
  void shouldGiveADeviceItsNextRequestAsSoonAsItIsFreeAgain() {
    DeviceOffer a = device("a");
    waits(1);
    offers(a, 1, true);
    dispatcher.run(new Dispatcher.NotWaiting(id(1)));
    waits(2);
    offers(a, 2, false);
    offers(a, 3, true);
    assertThat(proposals).containsExactly("01→a", "02→a");
  }

  @Test
  void shouldProposeAgainAfterAWhileWhenNothingCameOfAMatch() {
    DeviceOffer a = device("a");
    waits(1);
    offers(a, 1, true);
    pass(Duration.ofSeconds(6));
    waits(1);
    offers(a, 2, true);
    assertThat(proposals).containsExactly("01→a", "01→a");
  }

  @Test
  void shouldForgetAFulfillerThatFellSilent() {
    offers(device("a"), 1, true);
    pass(Dispatcher.REPEAT_EVERY.multipliedBy(5));
    dispatcher.run(Dispatcher.Tick.INSTANCE);
    waits(1);
    assertThat(proposals).isEmpty();
  }

  @Test
  void shouldForgetARequestThatFellSilent() {
    waits(1);
    pass(Dispatcher.REPEAT_EVERY.multipliedBy(5));
    dispatcher.run(Dispatcher.Tick.INSTANCE);
    offers(device("a"), 1, true);
    assertThat(proposals).isEmpty();
  }

  @Test
  void shouldTrustAFulfillerThatWasStartedAgainUnderItsOldName() {
    waits(1);
    offers(device("a"), 900, true);
    offers(device("a"), 0, true); // another ref, counting from the start
    waits(2);
    assertThat(proposals).containsExactly("01→a", "02→a");
  }

  @Test
  void shouldNotProposeToAFulfillerThatLeaves() {
    offers(device("a"), 1, true);
    dispatcher.run(new Dispatcher.Withdrawn("a"));
    waits(1);
    assertThat(proposals).isEmpty();
  }

  @Test
  void shouldForgetARequestThatWaitsNoMore() {
    waits(1);
    dispatcher.run(new Dispatcher.NotWaiting(id(1)));
    offers(device("a"), 1, true);
    assertThat(proposals).isEmpty();
  }
}
