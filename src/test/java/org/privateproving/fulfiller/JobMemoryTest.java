package org.privateproving.fulfiller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class JobMemoryTest {
  private final List<String> closed = new ArrayList<>();
  private final JobMemory memory = new JobMemory();

  private AutoCloseable resource(String name) {
    return () -> closed.add(name);
  }

  @Test
  void shouldCloseEverythingOnceTheLatestFirst() {
    memory.hold(resource("first"));
    memory.hold(resource("second"));
    memory.close();
    memory.close();
    assertThat(closed).containsExactly("second", "first");
  }

  @Test
  void shouldCloseOneEarlyAndNotAgain() {
    AutoCloseable early = memory.hold(resource("early"));
    memory.hold(resource("late"));
    memory.release(early);
    memory.release(early);
    assertThat(closed).containsExactly("early");
    memory.close();
    assertThat(closed).containsExactly("early", "late");
  }

  @Test
  void shouldCloseOnTheSpotWhatComesTooLate() {
    memory.close();
    assertThatIllegalStateException().isThrownBy(() -> memory.hold(resource("late")));
    assertThat(closed).containsExactly("late");
  }

  @Test
  void shouldCloseTheOthersWhenOneFails() {
    memory.hold(resource("first"));
    memory.hold(
        () -> {
          throw new IllegalStateException("stuck");
        });
    memory.hold(resource("third"));
    memory.close();
    assertThat(closed).containsExactly("third", "first");
  }
}
