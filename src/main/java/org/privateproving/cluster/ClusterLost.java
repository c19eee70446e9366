package org.privateproving.cluster;

import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.CoordinatedShutdown.Reason;
import org.apache.pekko.actor.typed.ActorSystem;

/**
 * Whether an actor system ends because its node is out of its cluster, so that the node starts over
 * with another: it was taken for dead, or has given itself up.
 */
public final class ClusterLost {
  private ClusterLost() {}

  /** To be asked while it ends, or afterwards. */
  public static boolean is(ActorSystem<?> system) {
    return CoordinatedShutdown.get(system).getShutdownReason().filter(ClusterLost::is).isPresent();
  }

  private static boolean is(Reason reason) {
    return reason.equals(CoordinatedShutdown.clusterDowningReason())
        || reason.equals(CoordinatedShutdown.clusterJoinUnsuccessfulReason());
  }
}
