package org.privateproving.cli;

import java.security.SecureRandom;
import java.time.Clock;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.apache.pekko.cluster.sharding.typed.javadsl.Entity;
import org.apache.pekko.cluster.sharding.typed.javadsl.EntityRef;
import org.jspecify.annotations.Nullable;
import org.privateproving.cluster.MemberChanges;
import org.privateproving.dispatch.Dispatcher;
import org.privateproving.dispatch.RollCall;
import org.privateproving.domain.RequestId;
import org.privateproving.gateway.GatewaySettings;
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
    ServerSingletons singletons = new ServerSingletons(system);
    ActorRef<Dispatcher.Command> dispatcher =
        singletons.start(
            "dispatcher",
            Dispatcher.create(
                (id, device) ->
                    request(sharding, id)
                        .tell(new RequestCommand.Propose(device.fulfiller(), device.ref())),
                clock));
    if (!roles.isServer()) {
      // Never called: on a node without the role, sharding only forwards.
      sharding.init(
          Entity.of(ProofRequest.TYPE_KEY, _ -> Behaviors.empty()).withRole(Roles.SERVER_ROLE));
      return new ClusterParts(dispatcher, sharding, null, null);
    }
    ServerStore store = ServerStore.open(system, resources, clock);
    ActorRef<Reporter.Command> reporter =
        singletons.start(
            "reporter",
            Reporter.create(store.network().network(), new SecureRandom(), clock),
            Reporter.Stop.INSTANCE);
    Surroundings around = store.surroundings(dispatcher, reporter, clock);
    var _ =
        system.systemActorOf(
            RollCall.create(around.queue(), dispatcher), "roll-call", Props.empty());
    sharding.init(
        Entity.of(
                ProofRequest.TYPE_KEY,
                context ->
                    ProofRequest.create(
                        new RequestId(context.getEntityId()), around, context.getShard()))
            .withRole(Roles.SERVER_ROLE));
    ActorRef<Housekeeper.Command> housekeeper =
        singletons.start(
            "housekeeper",
            Housekeeper.create(
                around,
                id -> request(sharding, id).tell(RequestCommand.Wake.INSTANCE),
                id ->
                    request(sharding, id).tell(new RequestCommand.Poll(false, system.ignoreRef()))),
            Housekeeper.Stop.INSTANCE);
    var _ =
        system.systemActorOf(
            MemberChanges.create(
                Roles.SERVER_ROLE, () -> housekeeper.tell(Housekeeper.ServersChanged.INSTANCE)),
            "server-changes",
            Props.empty());
    UpstreamNetwork network = store.network().upstream();
    if (network != null) {
      var adoption =
          new Adoption(
              new ShardedRequests(system, around),
              around,
              network,
              ServerParts.circuitVersions(resources.config()),
              (id, command) -> request(sharding, id).tell(command));
      var _ =
          singletons.start(
              "reconciler",
              network.reconciler(adoption, GatewaySettings.from(resources.config()).publicUrl()),
              Reconciler.Stop.INSTANCE);
    }
    return new ClusterParts(dispatcher, sharding, store, around);
  }

  static EntityRef<RequestCommand> request(ClusterSharding sharding, RequestId id) {
    return sharding.entityRefFor(ProofRequest.TYPE_KEY, id.hex());
  }
}
