package org.privateproving.cli;

import java.time.Duration;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.typed.ClusterSingleton;
import org.apache.pekko.cluster.typed.ClusterSingletonSettings;
import org.apache.pekko.cluster.typed.SingletonActor;

/**
 * Actors of which the cluster has one each, on its oldest server. Every node reaches them. One that
 * fails is restarted: what all of them know is told to them again, so that loses nothing.
 */
final class ServerSingletons {
  private static final SupervisorStrategy RESTART =
      SupervisorStrategy.restartWithBackoff(Duration.ofMillis(500), Duration.ofSeconds(10), 0.2);

  private final ClusterSingleton singletons;
  private final ClusterSingletonSettings onServers;

  ServerSingletons(ActorSystem<?> system) {
    this.singletons = ClusterSingleton.get(system);
    this.onServers = ClusterSingletonSettings.create(system).withRole(Roles.SERVER_ROLE);
  }

  /** One that may be stopped at any moment. */
  <T> ActorRef<T> start(String name, Behavior<T> behavior) {
    return start(singleton(name, behavior));
  }

  /** One that is told to stop, and ends by itself. */
  <T> ActorRef<T> start(String name, Behavior<T> behavior, T stop) {
    return start(singleton(name, behavior).withStopMessage(stop));
  }

  private <T> ActorRef<T> start(SingletonActor<T> singleton) {
    return singletons.init(singleton.withSettings(onServers));
  }

  private static <T> SingletonActor<T> singleton(String name, Behavior<T> behavior) {
    return SingletonActor.of(Behaviors.supervise(behavior).onFailure(RESTART), name);
  }
}
