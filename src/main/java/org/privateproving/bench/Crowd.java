package org.privateproving.bench;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Begins lives as the load demands, each on a thread of its own.
 *
 * <p>With an open load a life counts from the time at which it was to begin, even where this
 * machine could not begin it then: otherwise a server that stalls would be asked less and measured
 * better (coordinated omission).
 */
final class Crowd {
  private final Measurements measurements;
  private final Set<Thread> alive = ConcurrentHashMap.newKeySet();

  /** What one life does. */
  @FunctionalInterface
  interface Living {
    /**
     * @param number of the life, from 0
     * @param begin when it was to begin, on the measurements' clock
     */
    void live(long number, long begin) throws InterruptedException;
  }

  Crowd(Measurements measurements) {
    this.measurements = measurements;
  }

  /**
   * Begins lives until the time is over or there are enough, and returns then.
   *
   * @param most how many; 0: no bound
   */
  void begin(Load load, Duration time, long most, Living living) throws InterruptedException {
    long bound = most == 0 ? Long.MAX_VALUE : most;
    switch (load) {
      case Load.Open open -> beginAtTimes(open, time, bound, living);
      case Load.Closed(int concurrency) -> beginInTurns(concurrency, time, bound, living);
    }
  }

  private void beginAtTimes(Load.Open load, Duration time, long most, Living living)
      throws InterruptedException {
    long start = measurements.start();
    for (long i = 0; i < most; i++) {
      long number = i;
      Duration offset = load.startOf(number);
      if (offset.compareTo(time) >= 0) {
        return;
      }
      long begin = start + offset.toNanos();
      TimeUnit.NANOSECONDS.sleep(begin - measurements.now());
      run(() -> living.live(number, begin));
    }
  }

  private void beginInTurns(int concurrency, Duration time, long most, Living living)
      throws InterruptedException {
    long end = measurements.start() + time.toNanos();
    Semaphore idle = new Semaphore(concurrency);
    for (long i = 0; i < most; i++) {
      long number = i;
      if (!idle.tryAcquire(Math.max(0, end - measurements.now()), TimeUnit.NANOSECONDS)
          || measurements.now() - end >= 0) {
        return;
      }
      run(
          () -> {
            try {
              living.live(number, measurements.now());
            } finally {
              idle.release();
            }
          });
    }
  }

  private interface Work {
    void run() throws InterruptedException;
  }

  private void run(Work work) {
    Thread thread =
        Thread.ofVirtual()
            .unstarted(
                () -> {
                  try {
                    work.run();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  } catch (RuntimeException e) {
                    measurements.failure(e.toString());
                  } finally {
                    alive.remove(Thread.currentThread());
                  }
                });
    alive.add(thread);
    thread.start();
  }

  int alive() {
    return alive.size();
  }

  /**
   * Waits for those that have begun, and interrupts whoever is left then.
   *
   * @return how many that were
   */
  int settle(Duration patience) throws InterruptedException {
    long end = measurements.now() + patience.toNanos();
    for (Thread thread : alive) {
      long left = end - measurements.now();
      if (left > 0) {
        thread.join(Duration.ofNanos(left));
      }
    }
    Set<Thread> left = Set.copyOf(alive);
    left.forEach(Thread::interrupt);
    for (Thread thread : left) {
      thread.join();
    }
    return left.size();
  }
}
