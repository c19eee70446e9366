package org.privateproving.dispatch;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.privateproving.fulfiller.DeviceOffer;

/** Whose turn it is while many wait. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class DispatchBenchmark {
  private static final int REQUESTERS = 100;
  private static final int PROGRAMS = 50;
  private static final int DEVICES = 8;
  private static final Instant NOW = SampleWork.NOW;

  @Param({"1000", "100000"})
  private int waiting;

  private final WaitingQueue queue = new WaitingQueue();
  private final List<DeviceOffer> free = new ArrayList<>();

  @Setup
  public void fill() {
    for (int n = 0; n < waiting; n++) {
      queue.add(
          new Waiter(
              SampleWork.waiting(
                  n,
                  SampleWork.requester(n % REQUESTERS),
                  SampleWork.program(n % PROGRAMS),
                  // Nobody's deadline is near, and they come in no order.
                  NOW.plusSeconds(7_200 + (n * 7_919L) % 7_200))));
    }
    for (int n = 0; n < DEVICES; n++) {
      free.add(SampleWork.warmDevice("device-" + n, SampleWork.program(n)));
    }
  }

  /** One decision; nothing changes. */
  @Benchmark
  public Object decide() {
    return DispatchPolicy.next(queue, free, NOW);
  }

  /** One decision, and all that the queue has to do until its request waits again. */
  @Benchmark
  public void decideBeginAndComeBack() {
    Waiter next = DispatchPolicy.next(queue, free, NOW).orElseThrow().waiter();
    queue.begin(next, NOW);
    queue.end(next.request().requester());
    queue.add(next);
  }
}
