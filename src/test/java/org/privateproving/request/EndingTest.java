package org.privateproving.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.privateproving.domain.Address;
import org.privateproving.domain.FailureCause;
import org.privateproving.fulfiller.WorkReport.Fault;

/** How a request ends without a proof, and that its inputs end with it. */
class EndingTest {
  @RegisterExtension static final RequestKit kit = RequestKit.start();

  private final RunningRequest request = kit.request();

  @Test
  void shouldEraseItsInputsAtTheEndAndSaySo() {
    request.leased();
    request.told(request.gaveUp(1, Fault.REQUEST));
    await().until(request::inputsErased);
    assertThat(request.stdinIsThere()).isFalse();
  }

  @Test
  void shouldExpireWhenTheDeadlinePassesUnproved() {
    request.until(Instant.now().plusMillis(500));
    request.accepted();
    await().until(() -> request.state() instanceof State.Expired);
    await().until(request::inputsErased);
    assertThat(request.stdinIsThere()).isFalse();
  }

  @Test
  void shouldBeCanceledByItsRequesterOnly() {
    request.accepted();
    Address stranger = Address.of(SampleRequests.bytes(20, 99));
    assertThat(request.canceled(stranger).hasNoEvents()).isTrue();
    var taken = request.canceled(request.order().requester());
    assertThat(taken.eventOfType(Event.Failed.class).cause()).isEqualTo(FailureCause.CANCELED);
    await().until(request::inputsErased);
    assertThat(request.stdinIsThere()).isFalse();
  }
}
