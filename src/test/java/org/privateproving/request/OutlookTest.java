package org.privateproving.request;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OutlookTest {

  private static Outlook outlook(int left, int fastest, int devices) {
    return new Outlook(Duration.ofSeconds(left), Duration.ofSeconds(fastest), devices);
  }

  @ParameterizedTest
  @CsvSource({
    // left, fastest, devices, ahead, good
    "100, 100, 1, 0, true",
    "99, 100, 1, 0, false",
    "-1, 1, 1, 0, false",
    "200, 100, 1, 1, true",
    "199, 100, 1, 1, false",
    // Two devices do the two ahead, and then one of them does this.
    "200, 100, 2, 2, true",
    "100, 100, 2, 1, true",
    "199, 100, 2, 2, false",
    "1000, 100, 10, 90, true",
    "999, 100, 10, 90, false",
    // Nobody knows how many devices there are: only the proof itself counts.
    "100, 100, 0, 1000, true",
    "99, 100, 0, 0, false",
  })
  void isGoodWhileTheFastestProofsWouldMakeIt(
      int left, int fastest, int devices, int ahead, boolean good) {
    assertThat(outlook(left, fastest, devices).isGood(ahead)).isEqualTo(good);
  }

  @Test
  void saysWhatIsInTheWayAndWhatToDo() {
    assertThat(outlook(30, 60, 1).refusal(0))
        .isEqualTo(
            "deadline: in 30 s, but a proof of this program takes 60 s or more here; give it a"
                + " later one");
    assertThat(outlook(90, 60, 1).refusal(4)).contains("and 4 like it of yours are due before it");
  }
}
