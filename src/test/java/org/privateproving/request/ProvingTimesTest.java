package org.privateproving.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.privateproving.request.SampleRequests.order;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.privateproving.domain.Schema;

class ProvingTimesTest {
  private static final Order.Terms TERMS = order().terms();

  private final ProvingTimes times = new ProvingTimes();

  private void took(int... seconds) {
    for (int s : seconds) {
      times.record(TERMS, Duration.ofSeconds(s));
    }
  }

  @Test
  void sayNothingUntilThereAreEnough() {
    took(5, 6);
    assertThat(times.fastest(TERMS)).isEmpty();
    took(7);
    assertThat(times.fastest(TERMS)).contains(Duration.ofSeconds(5));
  }

  @Test
  void forgetWhatWasLongAgo() {
    took(1);
    took(9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9);
    assertThat(times.fastest(TERMS)).contains(Duration.ofSeconds(1));
    took(9);
    assertThat(times.fastest(TERMS)).contains(Duration.ofSeconds(9));
  }

  @Test
  void knowOneProgramFromAnother() {
    took(1, 1, 1);
    assertThat(times.fastest(SampleRequests.forProgram(77).terms())).isEmpty();
    assertThat(times.fastest(order(Schema.AUCTION, SampleRequests.V6).terms())).isPresent();
  }
}
