package org.privateproving.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class CrowdTest {
  private static final Duration LONG = Duration.ofMinutes(10);

  private final Measurements measurements = new Measurements(System::nanoTime, Duration.ZERO, LONG);
  private final Crowd crowd = new Crowd(measurements);

  @Test
  void shouldBeginAsManyAsThereAreToBeAndNeverMoreAtOnce() throws Exception {
    AtomicInteger now = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    List<Long> numbers = new CopyOnWriteArrayList<>();
    crowd.begin(
        new Load.Closed(3),
        LONG,
        20,
        (number, _) -> {
          most.accumulateAndGet(now.incrementAndGet(), Math::max);
          numbers.add(number);
          Thread.sleep(1);
          now.decrementAndGet();
        });
    assertThat(crowd.settle(LONG)).isZero();
    assertThat(numbers).hasSize(20).doesNotHaveDuplicates();
    assertThat(most.get()).isBetween(1, 3);
  }

  @Test
  void shouldBeginTheNextOfAClosedLoadWhenOneHasEnded() throws Exception {
    CountDownLatch first = new CountDownLatch(1);
    List<Long> begun = new CopyOnWriteArrayList<>();
    crowd.begin(
        new Load.Closed(1),
        Duration.ofMillis(200),
        0,
        (number, _) -> {
          begun.add(number);
          first.await();
        });
    assertThat(begun).containsExactly(0L);
    first.countDown();
    assertThat(crowd.settle(LONG)).isZero();
  }

  @Test
  void shouldCountALifeFromTheTimeAtWhichItWasToBegin() throws Exception {
    Map<Long, Long> begins = new ConcurrentHashMap<>();
    CountDownLatch never = new CountDownLatch(1);
    // Whatever became of those before: all of them wait.
    crowd.begin(
        new Load.Open(1000),
        Duration.ofMillis(50),
        0,
        (number, begin) -> {
          begins.put(number, begin - measurements.start());
          never.await();
        });
    never.countDown();
    crowd.settle(LONG);
    assertThat(begins).hasSize(50);
    begins.forEach((number, begin) -> assertThat(begin).isEqualTo(number * 1_000_000));
  }

  @Test
  void shouldInterruptAndCountThoseThatDoNotSettle() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    crowd.begin(new Load.Closed(4), LONG, 4, (_, _) -> never.await());
    assertThat(crowd.settle(Duration.ofMillis(20))).isEqualTo(4);
    assertThat(crowd.alive()).isZero();
  }

  @Test
  void shouldReportADefectAsAFailureOfItsLife() throws Exception {
    crowd.begin(
        new Load.Closed(1),
        LONG,
        1,
        (_, _) -> {
          throw new IllegalStateException("a defect");
        });
    crowd.settle(LONG);
    assertThat(measurements.failures())
        .containsOnlyKeys("java.lang.IllegalStateException: a defect");
  }
}
