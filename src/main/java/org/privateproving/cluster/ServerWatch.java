package org.privateproving.cluster;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.ClusterEvent.CurrentClusterState;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.typed.Cluster;

/**
 * Sees to it that a fulfiller does not stay behind in a cluster that has no server any more: its
 * servers may have left, have died, or have founded another cluster since.
 */
public final class ServerWatch {
  private static final Duration LOOK_EVERY = Duration.ofMillis(500);
  private static final Set<MemberStatus> AT_WORK =
      Set.of(
          MemberStatus.up(),
          MemberStatus.weaklyUp(),
          MemberStatus.joining(),
          MemberStatus.leaving());

  private enum Look {
    NOW
  }

  private ServerWatch() {}

  /**
   * Looks at the cluster again and again, and calls once when no server has been in sight for a
   * while. Starts when the node is in its cluster.
   *
   * @param role of servers
   * @param patience for how long
   * @param lost must not block
   */
  public static Behavior<?> create(String role, Duration patience, Clock clock, Runnable lost) {
    return Behaviors.<Look>setup(
        context -> {
          Cluster cluster = Cluster.get(context.getSystem());
          return Behaviors.withTimers(
              timers -> {
                timers.startTimerWithFixedDelay(Look.NOW, LOOK_EVERY);
                return looking(cluster, role, patience, clock, lost, clock.instant());
              });
        });
  }

  private static Behavior<Look> looking(
      Cluster cluster, String role, Duration patience, Clock clock, Runnable lost, Instant seenAt) {
    return Behaviors.receiveMessage(
        _ -> {
          Instant now = clock.instant();
          if (isInSight(cluster.state(), role)) {
            return looking(cluster, role, patience, clock, lost, now);
          }
          if (now.isBefore(seenAt.plus(patience))) {
            return Behaviors.same();
          }
          lost.run();
          return Behaviors.stopped();
        });
  }

  static boolean isInSight(CurrentClusterState state, String role) {
    Set<Member> unreachable = state.getUnreachable();
    for (Member member : state.getMembers()) {
      if (member.hasRole(role)
          && AT_WORK.contains(member.status())
          && !unreachable.contains(member)) {
        return true;
      }
    }
    return false;
  }
}
