package org.privateproving.cluster;

import com.typesafe.config.Config;
import java.time.Duration;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.Props;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.cluster.ClusterEvent;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.UniqueAddress;
import org.apache.pekko.cluster.sbr.DowningStrategy;
import org.apache.pekko.cluster.sbr.LeaseMajority;
import org.apache.pekko.cluster.sbr.SplitBrainResolverBase;
import org.apache.pekko.remote.artery.ThisActorSystemQuarantinedEvent;
import org.privateproving.database.Database;
import scala.Option;
import scala.concurrent.duration.FiniteDuration;
import scala.jdk.javaapi.DurationConverters;

/*
 * How it works. Pekko's own resolver lets the cluster's leader decide, which is the reachable node
 * with the lowest address: with us that may be a fulfiller, and only servers have the database that
 * the lease lies in. So here the first reachable server decides. All else is Pekko's. It uses what
 * Pekko calls internal; ClusterIT tells when that changes.
 *
 * Why a lease: with two servers, whoever is left counts one of two. A majority, a quorum or the
 * oldest would make the survivor of some deaths give up as well. A side that can't reach the
 * database could do nothing anyway.
 */

/** The split brain resolver of a server. */
final class ServerSplitBrain extends SplitBrainResolverBase {
  private static final String PATH = "pekko.cluster.split-brain-resolver.";
  private static final String LEASE = PATH + "lease-majority.";
  private static final FiniteDuration LOOK_EVERY =
      DurationConverters.toScala(Duration.ofMillis(250));

  private final Cluster cluster;

  /** Called by {@link Props}. */
  ServerSplitBrain(Cluster cluster, Duration stableAfter, DowningStrategy strategy) {
    super(DurationConverters.toScala(stableAfter), strategy);
    this.cluster = cluster;
  }

  static Props props(ExtendedActorSystem system, Database database) {
    Config config = system.settings().config();
    Cluster cluster = Cluster.get(system);
    DowningStrategy strategy =
        new LeaseMajority(
            cluster.selfDataCenter(),
            Option.apply(config.getString(LEASE + "role")),
            new DatabaseLease(system, database, cluster.selfUniqueAddress().toString()),
            duration(config, LEASE + "acquire-lease-delay-for-minority"),
            duration(config, LEASE + "release-after"),
            cluster.selfUniqueAddress());
    Duration stableAfter = config.getDuration(PATH + "stable-after");
    return Props.create(
            ServerSplitBrain.class, () -> new ServerSplitBrain(cluster, stableAfter, strategy))
        .withDispatcher("pekko.actor.internal-dispatcher");
  }

  private static FiniteDuration duration(Config config, String path) {
    return DurationConverters.toScala(config.getDuration(path));
  }

  @Override
  public void preStart() throws Exception {
    cluster.subscribe(
        self(), ClusterEvent.initialStateAsEvents(), ClusterEvent.ClusterDomainEvent.class);
    context().system().eventStream().subscribe(self(), ThisActorSystemQuarantinedEvent.class);
    super.preStart();
  }

  @Override
  public void postStop() {
    cluster.unsubscribe(self());
    context().system().eventStream().unsubscribe(self());
    super.postStop();
  }

  /** How late it may notice that the time to decide has come. */
  @Override
  public FiniteDuration tickInterval() {
    return LOOK_EVERY;
  }

  @Override
  public UniqueAddress selfUniqueAddress() {
    return cluster.selfUniqueAddress();
  }

  @Override
  public String selfDc() {
    return cluster.selfDataCenter();
  }

  @Override
  public void down(UniqueAddress node, DowningStrategy.Decision decision) {
    cluster.down(node.address());
  }

  /** The first reachable server is. */
  @Override
  public boolean isResponsible() {
    Option<Member> first = strategy().reachableMembersWithRole().headOption();
    return first.isDefined() && first.get().uniqueAddress().equals(selfUniqueAddress());
  }
}
