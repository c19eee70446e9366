package org.privateproving.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.privateproving.dispatch.SampleWork.ALICE;
import static org.privateproving.dispatch.SampleWork.BOB;
import static org.privateproving.dispatch.SampleWork.NOW;
import static org.privateproving.dispatch.SampleWork.device;
import static org.privateproving.dispatch.SampleWork.id;
import static org.privateproving.dispatch.SampleWork.waiting;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.pekko.actor.testkit.typed.javadsl.BehaviorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.junit.jupiter.api.Test;
import org.privateproving.domain.Address;
import org.privateproving.domain.SettableClock;
import org.privateproving.fulfiller.DeviceOffer;

class DispatcherTest {
  private final List<String> proposals = new ArrayList<>();
  private final SettableClock clock = new SettableClock(NOW);
  private final BehaviorTestKit<Dispatcher.Command> dispatcher =
      BehaviorTestKit.create(
          Dispatcher.create(
              (id, device) -> proposals.add(id.hex().substring(62) + "→" + device.fulfiller()),
              clock));

  private final TestInbox<RollCall.Command> server = TestInbox.create();

  private void pass(Duration time) {
    clock.advance(time);
  }

  private void tick(Duration time) {
    pass(time);
    dispatcher.run(Dispatcher.Tick.INSTANCE);
  }

  private void waits(int n) {
    waits(n, ALICE, 1000 + n);
  }

  private void waits(int n, Address requester, int deadline) {
    dispatcher.run(new Dispatcher.Waiting(waiting(n, requester, NOW.plusSeconds(deadline))));
  }

  /** A server shows these requests. */
  private void shows(int... numbers) {
    List<WaitingRequest> requests =
        Arrays.stream(numbers).mapToObj(n -> waiting(n, ALICE, NOW.plusSeconds(1000 + n))).toList();
    dispatcher.run(new Dispatcher.StillWaiting(requests, server.getRef()));
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
                device.memory(),
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
  void shouldProposeAgainByItselfWhenNothingCameOfAMatch() {
    waits(1);
    offers(device("a"), 1, true);
    tick(Duration.ofSeconds(4));
    assertThat(proposals).containsExactly("01→a");
    tick(Duration.ofSeconds(1));
    assertThat(proposals).containsExactly("01→a", "01→a");
  }

  @Test
  void shouldGiveADeviceToAnotherAtOnceWhenItIsDeclined() {
    waits(1);
    offers(device("a"), 1, true);
    waits(2);
    dispatcher.run(new Dispatcher.Declined(id(1), "a"));
    assertThat(proposals).containsExactly("01→a", "02→a");
  }

  @Test
  void shouldNotFreeADeviceForARefusalOfAnEarlierProposal() {
    waits(1);
    offers(device("a"), 1, true);
    dispatcher.run(new Dispatcher.NotWaiting(id(1)));
    waits(2);
    dispatcher.run(new Dispatcher.Declined(id(3), "a"));
    assertThat(proposals).containsExactly("01→a");
  }

  @Test
  void shouldShareDevicesByWhomTheyWorkFor() {
    DeviceOffer a = device("a");
    waits(1, ALICE, 10);
    offers(a, 1, true);
    dispatcher.run(new Dispatcher.NotWaiting(id(1)));
    offers(a, 2, false);
    waits(2, ALICE, 20);
    waits(3, BOB, 1000);
    offers(device("b"), 1, true);
    assertThat(proposals).containsExactly("01→a", "03→b");
  }

  @Test
  void shouldForgetAFulfillerThatFellSilent() {
    offers(device("a"), 1, true);
    tick(Dispatcher.SILENT_AFTER.plusSeconds(1));
    waits(1);
    assertThat(proposals).isEmpty();
  }

  @Test
  void shouldForgetARequestThatNoServerShowsAnyMore() {
    waits(1);
    tick(Waiters.FORGET_AFTER.minusSeconds(1));
    waits(2);
    tick(Duration.ofSeconds(2));
    offers(device("a"), 1, true);
    assertThat(proposals).containsExactly("02→a");
  }

  @Test
  void shouldKeepARequestThatAServerShowsAgain() {
    waits(1);
    tick(Waiters.FORGET_AFTER.minusSeconds(1));
    shows(1);
    tick(Duration.ofSeconds(2));
    offers(device("a"), 1, true);
    assertThat(proposals).containsExactly("01→a");
  }

  @Test
  void shouldTellAServerWhetherItIsNewAndWhichDevicesThereAre() {
    offers(device("a"), 1, true);
    offers(device("b"), 1, false);
    shows();
    shows();
    assertThat(server.receiveMessage()).isEqualTo(heard(false, 2));
    assertThat(server.receiveMessage()).isEqualTo(heard(true, 2));
  }

  @Test
  void shouldTakeAServerForNewThatWasSilentForLong() {
    shows();
    tick(Dispatcher.SILENT_AFTER.plusSeconds(1));
    shows();
    assertThat(server.receiveMessage()).isEqualTo(new RollCall.Heard(false, List.of()));
    assertThat(server.receiveMessage()).isEqualTo(new RollCall.Heard(false, List.of()));
  }

  private RollCall.Heard heard(boolean known, int devices) {
    DeviceOffer any = device("any");
    return new RollCall.Heard(
        known, List.of(new DeviceGroup(any.versions(), any.modes(), any.memory(), devices)));
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
