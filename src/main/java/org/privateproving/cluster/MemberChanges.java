package org.privateproving.cluster;

import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.ClusterEvent.MemberEvent;
import org.apache.pekko.cluster.ClusterEvent.MemberRemoved;
import org.apache.pekko.cluster.ClusterEvent.MemberUp;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Subscribe;

/** Tells when a member with a role has come or is gone for good. */
public final class MemberChanges {
  private MemberChanges() {}

  /**
   * @param changed must not block
   */
  public static Behavior<MemberEvent> create(String role, Runnable changed) {
    return Behaviors.setup(
        context -> {
          Cluster.get(context.getSystem())
              .subscriptions()
              .tell(Subscribe.create(context.getSelf(), MemberEvent.class));
          return Behaviors.receiveMessage(
              event -> {
                boolean matters = event instanceof MemberUp || event instanceof MemberRemoved;
                if (matters && event.member().hasRole(role)) {
                  changed.run();
                }
                return Behaviors.same();
              });
        });
  }
}
