package org.privateproving.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.testkit.typed.javadsl.ManualTime;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.privateproving.artifact.ArtifactStore;

/** What happens when the inputs of an ended request cannot be erased. */
class ErasureTest {
  private static final Duration BEYOND_THE_PAUSE = Duration.ofSeconds(11);
  private static final Duration BEYOND_IDLE = Duration.ofMinutes(3);

  @RegisterExtension static final RequestKit kit = RequestKit.withManualTime();

  private final ManualTime time = ManualTime.get(kit.actors().system());
  private final AtomicBoolean broken = new AtomicBoolean(true);
  private final AtomicInteger attempts = new AtomicInteger();
  private final RunningRequest request = kit.request(this::breakable);

  /** The real store, but for erasures while it is broken. */
  private ArtifactStore breakable(ArtifactStore real) {
    return (ArtifactStore)
        Proxy.newProxyInstance(
            ArtifactStore.class.getClassLoader(),
            new Class<?>[] {ArtifactStore.class},
            (_, method, arguments) -> {
              if (method.getName().equals("erase")) {
                attempts.incrementAndGet();
                if (broken.get()) {
                  return CompletableFuture.failedFuture(new IllegalStateException("no database"));
                }
              }
              try {
                return method.invoke(real, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  /** Ends it, and waits until it knows that the inputs were not erased. */
  private void endInVain() {
    request.accepted();
    request.canceled(request.order().requester());
    request.polled(false); // comes behind the news of the failure
    assertThat(attempts).hasValue(1);
  }

  @Test
  void shouldNotRecordAnErasureThatFailed() {
    endInVain();
    assertThat(request.state()).isInstanceOf(State.Failed.class);
    assertThat(request.inputsErased()).isFalse();
    assertThat(request.stdinIsThere()).isTrue();
  }

  @Test
  void shouldTryAgainUntilItIsDone() {
    endInVain();
    time.timePasses(BEYOND_THE_PAUSE);
    await("a second attempt").until(() -> attempts.get() == 2);
    broken.set(false);
    time.timePasses(BEYOND_THE_PAUSE);
    await("the record of the erasure").until(request::inputsErased);
    assertThat(request.stdinIsThere()).isFalse();
    time.timePasses(BEYOND_THE_PAUSE);
    request.polled(false);
    assertThat(attempts).hasValue(3);
  }

  @Test
  void shouldStayAwakeUntilTheInputsAreErased() {
    endInVain();
    time.timePasses(BEYOND_IDLE);
    request.shard.expectNoMessage();
    broken.set(false);
    time.timePasses(BEYOND_THE_PAUSE);
    await("the record of the erasure").until(request::inputsErased);
    time.timePasses(BEYOND_IDLE);
    request.shard.expectMessageClass(ClusterSharding.Passivate.class);
  }
}
