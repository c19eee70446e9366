package org.privateproving.cli;

import com.typesafe.config.Config;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.apache.pekko.cluster.sharding.typed.javadsl.Entity;
import org.apache.pekko.cluster.sharding.typed.javadsl.EntityRef;
import org.apache.pekko.cluster.typed.ClusterSingleton;
import org.apache.pekko.cluster.typed.ClusterSingletonSettings;
import org.apache.pekko.cluster.typed.SingletonActor;
import org.jspecify.annotations.Nullable;
import org.privateproving.dispatch.Dispatcher;
import org.privateproving.domain.RequestId;
import org.privateproving.network.Reporter;
import org.privateproving.network.upstream.Reconciler;
import org.privateproving.network.upstream.UpstreamNetwork;
import org.privateproving.request.Adoption;
import org.privateproving.request.Housekeeper;
import org.privateproving.request.ProofRequest;
import org.privateproving.request.RequestCommand;
import org.privateproving.request.ShardedRequests;
import org.privateproving.request.Surroundings;

/**
 * What every node of a cluster has: the way to each request and to the dispatcher. They run on the
 * servers; other nodes only reach them.
 */
record ClusterParts(
    ActorRef<Dispatcher.Command> dispatcher,
    ClusterSharding sharding,
    @Nullable ServerStore store,
    @Nullable Surroundings surroundings) {

  static ClusterParts start(
      ActorSystem<?> system, Roles roles, ServerResources resources, Clock clock) {
    ClusterSharding sharding = ClusterSharding.get(system);
    ActorRef<Dispatcher.Command> dispatcher =
        ClusterSingleton.get(system)
            .init(
                SingletonActor.of(
                        restarted(
                            Dispatcher.create(
                                (id, device) ->
                                    request(sharding, id)
                                        .tell(
                                            new RequestCommand.Propose(
                                                device.fulfiller(), device.ref())),
                                clock)),
                        "dispatcher")
                    .withSettings(onServers(system)));
    if (!roles.isServer()) {
      // Never called: on a node without the role, sharding only forwards.
      sharding.init(
          Entity.of(ProofRequest.TYPE_KEY, _ -> Behaviors.empty()).withRole(Roles.SERVER_ROLE));
      return new ClusterParts(dispatcher, sharding, null, null);
    }
    ServerStore store = ServerStore.open(system, resources, clock);
    ActorRef<Reporter.Command> reporter =
        ClusterSingleton.get(system)
            .init(
                SingletonActor.of(
                        restarted(
                            Reporter.create(store.network().network(), new SecureRandom(), clock)),
                        "reporter")
                    .withStopMessage(Reporter.Stop.INSTANCE)
                    .withSettings(onServers(system)));
    Surroundings around = store.surroundings(dispatcher, reporter, clock);
    sharding.init(
        Entity.of(
                ProofRequest.TYPE_KEY,
                context ->
                    ProofRequest.create(
                        new RequestId(context.getEntityId()), around, context.getShard()))
            .withRole(Roles.SERVER_ROLE));
    var _ =
        ClusterSingleton.get(system)
            .init(
                SingletonActor.of(
                        restarted(
                            Housekeeper.create(
                                around,
                                id -> request(sharding, id).tell(RequestCommand.Wake.INSTANCE))),
                        "housekeeper")
                    .withStopMessage(Housekeeper.Stop.INSTANCE)
                    .withSettings(onServers(system)));
    reconcile(system, sharding, store, around, resources.config());
    return new ClusterParts(dispatcher, sharding, store, around);
  }

  private static void reconcile(
      ActorSystem<?> system,
      ClusterSharding sharding,
      ServerStore store,
      Surroundings around,
      Config config) {
    UpstreamNetwork network = store.network().upstream();
    if (network == null) {
      return;
    }
    var adoption =
        new Adoption(
            new ShardedRequests(system, around),
            around,
            network,
            ServerParts.circuitVersions(config),
            (id, command) -> request(sharding, id).tell(command));
    var _ =
        ClusterSingleton.get(system)
            .init(
                SingletonActor.of(restarted(network.reconciler(adoption)), "reconciler")
                    .withStopMessage(Reconciler.Stop.INSTANCE)
                    .withSettings(onServers(system)));
  }

  /** What all of them know is told to them again, so a restart loses nothing. */
  private static <T> Behavior<T> restarted(Behavior<T> behavior) {
    return Behaviors.supervise(behavior)
        .onFailure(
            SupervisorStrategy.restartWithBackoff(
                Duration.ofMillis(500), Duration.ofSeconds(10), 0.2));
  }

  static EntityRef<RequestCommand> request(ClusterSharding sharding, RequestId id) {
    return sharding.entityRefFor(ProofRequest.TYPE_KEY, id.hex());
  }

  private static ClusterSingletonSettings onServers(ActorSystem<?> system) {
    return ClusterSingletonSettings.create(system).withRole(Roles.SERVER_ROLE);
  }
}
