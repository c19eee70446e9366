package org.privateproving.cli;

import com.typesafe.config.Config;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.stream.SystemMaterializer;
import org.privateproving.artifact.ArtifactCleaner;
import org.privateproving.artifact.ArtifactSettings;
import org.privateproving.artifact.ArtifactStore;
import org.privateproving.artifact.ClusterKey;
import org.privateproving.database.Database;
import org.privateproving.dispatch.Dispatcher;
import org.privateproving.dispatch.LocalQueue;
import org.privateproving.domain.InvalidSetting;
import org.privateproving.gateway.GatewaySettings;
import org.privateproving.network.Reporter;
import org.privateproving.request.DurationHistory;
import org.privateproving.request.RequestIndex;
import org.privateproving.request.RequestSettings;
import org.privateproving.request.Surroundings;

/** What a server keeps: artifacts, the way to the network, the read side. */
record ServerStore(
    Database database,
    ArtifactStore artifacts,
    ArtifactCleaner cleaner,
    Duration cleanEvery,
    NetworkParts network,
    RequestSettings requests) {

  static ServerStore open(ActorSystem<?> system, ServerResources resources, Clock clock) {
    Config config = resources.config();
    Database database = resources.database();
    ArtifactSettings settings = ArtifactSettings.from(config);
    ClusterKey key = resources.key();
    ArtifactStore artifacts =
        ArtifactStore.inPostgres(
            database,
            key,
            settings,
            clock,
            new SecureRandom(),
            SystemMaterializer.get(system).materializer());
    return new ServerStore(
        database,
        artifacts,
        new ArtifactCleaner(database, settings),
        settings.cleanEvery(),
        NetworkParts.open(system, config, database, artifacts, key, clock),
        requests(config, settings));
  }

  Surroundings surroundings(
      ActorRef<Dispatcher.Command> dispatcher, ActorRef<Reporter.Command> reporter, Clock clock) {
    return new Surroundings(
        dispatcher,
        new LocalQueue(),
        reporter,
        artifacts,
        network.network(),
        new RequestIndex(database),
        new DurationHistory(),
        requests,
        clock);
  }

  /**
   * @throws InvalidSetting if a setting under {@code private-proving.requests} is wrong
   */
  static RequestSettings requests(Config config, ArtifactSettings artifacts) {
    return RequestSettings.from(config, artifacts, GatewaySettings.from(config).hold());
  }
}
