package org.privateproving.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.privateproving.request.SampleRequests.NOW;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.privateproving.request.State.Lease;

class LeaseClockTest {
  private static final Duration TERM = Duration.ofSeconds(15);
  private static final Instant END = NOW.plus(TERM);
  private static final Lease LEASE = new Lease(1, "gpu-0", NOW, END);

  private Instant now = NOW;
  private final Clock time = ((InstantSource) () -> now).withZone(ZoneOffset.UTC);
  private final LeaseClock clock = new LeaseClock(TERM, time);

  @Test
  void shouldBeOverWhenThereIsNoLease() {
    assertThat(clock.isOver()).isTrue();
    var _ = clock.follow(LEASE);
    clock.stop();
    assertThat(clock.isOver()).isTrue();
  }

  @Test
  void shouldRunUntilTheEndThatTheLeaseWasGrantedWith() {
    assertThat(clock.follow(LEASE)).isEqualTo(END);
    now = END.minusNanos(1);
    assertThat(clock.isOver()).isFalse();
    now = END;
    assertThat(clock.isOver()).isTrue();
  }

  @Test
  void shouldRunForOneTermFromTheLatestRenewal() {
    var _ = clock.follow(LEASE);
    now = NOW.plusSeconds(10);
    clock.renew();
    assertThat(clock.follow(LEASE)).isEqualTo(now.plus(TERM));
    now = END;
    assertThat(clock.isOver()).isFalse();
    now = END.plusSeconds(10);
    assertThat(clock.isOver()).isTrue();
  }

  @Test
  void shouldGiveTheHolderOneTermAfterARecoveryHoweverOldTheLease() {
    now = END.plusSeconds(3600);
    clock.recover(LEASE);
    assertThat(clock.isOver()).isFalse();
    assertThat(clock.follow(LEASE)).isEqualTo(now.plus(TERM));
  }

  @Test
  void shouldNeverShortenALeaseByARecovery() {
    now = NOW.minusSeconds(60); // the clock of another server
    clock.recover(LEASE);
    assertThat(clock.follow(LEASE)).isEqualTo(END);
  }

  @Test
  void shouldFollowTheNextLeaseOnceItWasStopped() {
    var _ = clock.follow(LEASE);
    clock.stop();
    var next = new Lease(2, "gpu-1", NOW, END.plusSeconds(5));
    assertThat(clock.follow(next)).isEqualTo(END.plusSeconds(5));
  }
}
