package org.privateproving.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class DrainTest {
  private final Drain drain = new Drain();
  private final AtomicInteger released = new AtomicInteger();

  @Test
  void isIdleAtOnceWhenNothingIsUnderWay() {
    drain.begin();

    assertThat(drain.idle().toCompletableFuture()).isCompleted();
  }

  @Test
  void isIdleWhenTheLastExchangeHasEndedOnce() {
    Drain.Exchange first = drain.enter();
    Drain.Exchange second = drain.enter();
    drain.begin();
    first.end();
    first.end();
    assertThat(drain.idle().toCompletableFuture()).isNotDone();

    second.end();
    assertThat(drain.idle().toCompletableFuture()).isCompleted();
  }

  @Test
  void isNotIdleBeforeItBegins() {
    drain.enter().end();

    assertThat(drain.begun()).isFalse();
    assertThat(drain.idle().toCompletableFuture()).isNotDone();
  }

  @Test
  void releasesWhatWaitsForIt() {
    drain.onBegin(released::incrementAndGet);
    drain.onBegin(released::incrementAndGet).cancel();
    drain.begin();

    assertThat(released).hasValue(1);
  }

  @Test
  void releasesAtOnceWhatComesLate() {
    drain.begin();
    drain.onBegin(released::incrementAndGet);

    assertThat(released).hasValue(1);
  }
}
