package org.privateproving.cluster;

import org.apache.pekko.actor.CoordinatedShutdown;

/** Why an actor system ends whose node is out of its cluster: the node starts over with another. */
public enum ClusterLost implements CoordinatedShutdown.Reason {
  /** No server is in sight any more. */
  NO_SERVER;

  /** Whether a node whose actor system ended for this reason is to start over. */
  public static boolean is(CoordinatedShutdown.Reason reason) {
    return reason instanceof ClusterLost
        || reason.equals(CoordinatedShutdown.clusterDowningReason())
        || reason.equals(CoordinatedShutdown.clusterJoinUnsuccessfulReason());
  }
}
