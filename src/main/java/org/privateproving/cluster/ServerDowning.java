package org.privateproving.cluster;

import java.time.Duration;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.Props;
import org.apache.pekko.cluster.DowningProvider;
import scala.Option;
import scala.concurrent.duration.FiniteDuration;
import scala.jdk.javaapi.DurationConverters;
import scala.jdk.javaapi.OptionConverters;

/**
 * Who goes on without whom: decided by servers alone, of which that side lives on that gets the
 * {@link DatabaseLease}. Pekko makes this by the name in {@code application.conf}.
 */
public final class ServerDowning extends DowningProvider {
  private final ExtendedActorSystem system;

  public ServerDowning(ActorSystem system) {
    this.system = (ExtendedActorSystem) system;
  }

  /** How long the survivors wait before they take over, so that the others have stopped. */
  @Override
  public FiniteDuration downRemovalMargin() {
    Duration margin = system.settings().config().getDuration("pekko.cluster.down-removal-margin");
    return DurationConverters.toScala(margin);
  }

  @Override
  public Option<Props> downingActorProps() {
    return OptionConverters.toScala(
        system
            .settings()
            .setup()
            .get(SplitArbiter.class)
            .map(arbiter -> ServerSplitBrain.props(system, arbiter.database())));
  }
}
