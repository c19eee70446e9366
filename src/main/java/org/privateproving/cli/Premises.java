package org.privateproving.cli;

import com.typesafe.config.Config;
import java.time.Clock;
import org.apache.pekko.actor.BootstrapSetup;
import org.apache.pekko.actor.setup.ActorSystemSetup;
import org.jspecify.annotations.Nullable;
import org.privateproving.cluster.ClusterSettings;
import org.privateproving.cluster.SplitArbiter;
import org.privateproving.fulfiller.FulfillerSettings;
import org.privateproving.fulfiller.Workplace;

/**
 * What a node keeps when it loses its cluster and starts over: its part of the machine.
 *
 * @param fulfiller null on a node that is none
 * @param workplace null on a node that is no fulfiller
 */
record Premises(
    Roles roles,
    ClusterSettings cluster,
    ServerResources resources,
    @Nullable FulfillerSettings fulfiller,
    @Nullable Workplace workplace,
    ProgressLine progress,
    Clock clock)
    implements AutoCloseable {

  /** With the database's address filled in. */
  Config config() {
    return resources.config();
  }

  /** What an actor system is made of. */
  ActorSystemSetup setup(Config config) {
    ActorSystemSetup setup = ActorSystemSetup.create(BootstrapSetup.create(config));
    return roles.isServer() ? setup.withSetup(new SplitArbiter(resources.database())) : setup;
  }

  /** After the actors, which need the database to the end. */
  @Override
  public void close() {
    if (workplace != null) {
      workplace.close();
    }
    resources.close();
  }
}
