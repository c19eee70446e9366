package org.privateproving.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.privateproving.dispatch.SampleWork.NOW;
import static org.privateproving.dispatch.SampleWork.device;
import static org.privateproving.dispatch.SampleWork.id;
import static org.privateproving.dispatch.SampleWork.program;
import static org.privateproving.dispatch.SampleWork.requester;
import static org.privateproving.dispatch.SampleWork.waiting;
import static org.privateproving.dispatch.SampleWork.warmDevice;

import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.pekko.actor.testkit.typed.javadsl.BehaviorTestKit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.privateproving.domain.RequestId;
import org.privateproving.fulfiller.DeviceOffer;

/** A hundred thousand waiting requests: what a decision costs, and what they weigh. */
class DispatchLoadTest {
  private static final int WAITING = 100_000;
  private static final int REQUESTERS = 1000;
  private static final int PROGRAMS = 50;
  private static final int DECISIONS = 20_000;

  private final List<RequestId> proposed = new ArrayList<>();
  private final BehaviorTestKit<Dispatcher.Command> dispatcher =
      BehaviorTestKit.create(
          Dispatcher.create((id, _) -> proposed.add(id), Clock.fixed(NOW, ZoneOffset.UTC)));

  /** With strings of its own, as if it had come over the wire. */
  private static WaitingRequest nth(int n) {
    return waiting(n, requester(n % REQUESTERS), program(n % PROGRAMS), NOW.plusSeconds(n));
  }

  private void enqueue(int from, int to) {
    for (int n = from; n < to; n++) {
      dispatcher.run(new Dispatcher.Waiting(nth(n)));
    }
  }

  private void offer(DeviceOffer device, long serial, boolean free) {
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

  /** A device takes a request, works, and is free again: five messages and one decision. */
  private void prove(DeviceOffer device, int n) {
    offer(device, 3L * n, true);
    dispatcher.run(new Dispatcher.NotWaiting(proposed.getLast()));
    offer(device, 3L * n + 1, false);
  }

  @Test
  void shouldDecideInFarLessThanAMillisecond(TestReporter reporter) {
    enqueue(0, WAITING);
    List<DeviceOffer> devices = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      devices.add(warmDevice("gpu-" + i, program(i % PROGRAMS), program((i + 7) % PROGRAMS)));
    }
    long start = System.nanoTime();
    for (int n = 0; n < DECISIONS; n++) {
      prove(devices.get(n % devices.size()), n);
    }
    long each = (System.nanoTime() - start) / DECISIONS;
    reporter.publishEntry("a decision and its messages, in ns", Long.toString(each));
    assertThat(proposed).hasSize(DECISIONS).doesNotHaveDuplicates();
    assertThat(each).isLessThan(500_000);
  }

  @Test
  void shouldTakeAMessageThatChangesNothingInNoTimeThoughADeviceIsFreeThatNobodyCanUse(
      TestReporter reporter) {
    enqueue(0, WAITING);
    DeviceOffer other = device("old", Set.of(), device("any").modes(), "sp1-v5.0.0");
    offer(other, 1, true);
    long start = System.nanoTime();
    enqueue(0, WAITING);
    long each = (System.nanoTime() - start) / WAITING;
    reporter.publishEntry("a request that still waits, in ns", Long.toString(each));
    assertThat(proposed).isEmpty();
    assertThat(each).isLessThan(200_000);
  }

  @Test
  void shouldWeighLessThanAKibibyteEach(TestReporter reporter) {
    enqueue(WAITING, WAITING + 1000);
    long before = used();
    enqueue(0, WAITING);
    long each = (used() - before) / WAITING;
    reporter.publishEntry("bytes of heap for a waiting request", Long.toString(each));
    dispatcher.run(new Dispatcher.NotWaiting(id(0))); // so that it is not collected before
    assertThat(each).isLessThan(1024);
  }

  private static long used() {
    Runtime runtime = Runtime.getRuntime();
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
