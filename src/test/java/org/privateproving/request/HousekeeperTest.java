package org.privateproving.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.privateproving.request.RequestKit.get;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.pekko.actor.testkit.typed.javadsl.ManualTime;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.privateproving.domain.RequestId;

class HousekeeperTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  @RegisterExtension static final RequestKit kit = RequestKit.withManualTime();

  private final ManualTime time = ManualTime.get(kit.actors().system());
  private final RequestIndex index = new RequestIndex(kit.database());
  private final List<RequestId> woken = new CopyOnWriteArrayList<>();
  private final List<RequestId> knockedAt = new CopyOnWriteArrayList<>();
  private final RequestId id = kit.randomId();
  private ActorRef<Housekeeper.Command> housekeeper;

  @BeforeEach
  void start() {
    get(index.register(id, SampleRequests.order(), Instant.now()));
    housekeeper =
        kit.actors().spawn(Housekeeper.create(kit.request().around(), woken::add, knockedAt::add));
  }

  @AfterEach
  void stop() {
    kit.actors().stop(housekeeper);
    settle(Instant.now().minus(Duration.ofDays(8)));
    get(index.leftovers().forget(id));
  }

  private void settle(Instant at) {
    var facts = new State.Facts(SampleRequests.order(), at, at, 0, 0, Optional.empty(), true);
    index.update(id, new State.Expired(facts), at);
    await().until(() -> !get(index.unsettled(Optional.empty(), 100)).contains(id));
  }

  @Test
  void shouldWakeWhatHasWorkLeftAtItsStart() {
    await("the first round").until(() -> woken.contains(id));
  }

  @Test
  void shouldWakeItAgainAsTimePasses() {
    await("three rounds")
        .until(
            () -> {
              time.timePasses(MINUTE);
              return woken.size() >= 3;
            });
    assertThat(woken).containsOnly(id);
  }

  @Test
  void shouldKnockAgainAndAgainWhenServersCameOrWent() {
    await("the first round").until(() -> woken.contains(id));
    assertThat(knockedAt).isEmpty();
    housekeeper.tell(Housekeeper.ServersChanged.INSTANCE);
    await("three rounds")
        .until(
            () -> {
              time.timePasses(Duration.ofSeconds(2));
              return knockedAt.size() >= 3;
            });
    assertThat(knockedAt).containsOnly(id);
  }

  @Test
  void shouldForgetWhatEndedLongAgo() {
    settle(Instant.now().minus(Duration.ofDays(8)));
    await("a round of forgetting")
        .until(
            () -> {
              time.timePasses(MINUTE.multipliedBy(10));
              return get(index.settledBefore(Instant.now(), 10)).isEmpty();
            });
  }
}
