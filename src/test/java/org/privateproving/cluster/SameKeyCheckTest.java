package org.privateproving.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.cluster.Invalid;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.Valid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SameKeyCheckTest {
  private static final Duration WITHIN = Duration.ofSeconds(30);

  private final SameKeyCheck check = new SameKeyCheck();
  private final List<ActorSystem<Void>> started = new ArrayList<>();
  private ActorSystem<Void> first;

  @BeforeEach
  void found() {
    first = node(SameKeyCheck.config("a"));
    Cluster.get(first).join(Cluster.get(first).selfAddress());
    awaitUp(first);
  }

  @AfterEach
  void stop() throws Exception {
    for (ActorSystem<Void> system : started) {
      system.terminate();
      awaitEnd(system);
    }
  }

  private ActorSystem<Void> node(Config key) {
    Config config =
        ConfigFactory.parseString(
            """
            pekko.remote.artery.canonical { hostname = 127.0.0.1, port = 0 }
            pekko.cluster.downing-provider-class = ""
            """);
    ActorSystem<Void> system =
        ActorSystem.create(
            Behaviors.empty(),
            "keys",
            key.withFallback(config).withFallback(ConfigFactory.load()).resolve());
    started.add(system);
    return system;
  }

  private static void awaitUp(ActorSystem<Void> system) {
    await("it is up")
        .atMost(WITHIN)
        .until(() -> Cluster.get(system).selfMember().status().equals(MemberStatus.up()));
  }

  private static void awaitEnd(ActorSystem<Void> system) throws Exception {
    system.getWhenTerminated().toCompletableFuture().get(WITHIN.toSeconds(), TimeUnit.SECONDS);
  }

  private ActorSystem<Void> join(Config key) {
    ActorSystem<Void> second = node(key);
    Cluster.get(second).joinSeedNodes(List.of(Cluster.get(first).selfAddress()));
    return second;
  }

  @Test
  void shouldTakeInAServerWithTheSameKey() {
    awaitUp(join(SameKeyCheck.config("a")));
  }

  @Test
  void shouldTakeInAFulfiller() {
    awaitUp(join(ConfigFactory.empty()));
  }

  @Test
  void shouldKeepAServerWithAnotherKeyOut() throws Exception {
    ActorSystem<Void> second = join(SameKeyCheck.config("b"));
    awaitEnd(second);
    assertThat(CoordinatedShutdown.get(second).getShutdownReason())
        .contains(CoordinatedShutdown.incompatibleConfigurationDetectedReason());
    assertThat(Cluster.get(first).state().members().size()).isEqualTo(1);
  }

  @Test
  void shouldCompareKeysOnlyWhereThereAreTwo() {
    Config a = SameKeyCheck.config("a");
    Config none = ConfigFactory.empty();
    assertThat(check.check(a, SameKeyCheck.config("a"))).isEqualTo(Valid.getInstance());
    assertThat(check.check(a, none)).isEqualTo(Valid.getInstance());
    assertThat(check.check(none, a)).isEqualTo(Valid.getInstance());
    assertThat(check.check(a, SameKeyCheck.config("b"))).isInstanceOf(Invalid.class);
  }
}
