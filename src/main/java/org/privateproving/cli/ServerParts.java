package org.privateproving.cli;

import com.typesafe.config.Config;
import java.net.URI;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.apache.pekko.actor.typed.ActorSystem;
import org.privateproving.database.Database;
import org.privateproving.domain.CircuitVersion;
import org.privateproving.gateway.Gateway;
import org.privateproving.gateway.GatewaySettings;
import org.privateproving.gateway.Readiness;
import org.privateproving.gateway.Readiness.Check;
import org.privateproving.network.upstream.Reachability;
import org.privateproving.network.upstream.UpstreamNetwork;
import org.privateproving.request.ShardedRequests;

/** The server of this process: its gateway and what runs on a timer. */
final class ServerParts {
  private ServerParts() {}

  /** Returns where clients go, once they may come. */
  static URI start(
      ActorSystem<?> system, ClusterParts parts, ServerResources resources, Clock clock)
      throws InterruptedException {
    Config config = resources.config();
    ServerStore store = Objects.requireNonNull(parts.store());
    GatewaySettings settings = GatewaySettings.from(config);
    Gateway gateway =
        new Gateway(
            system,
            settings,
            store.network().network(),
            new ShardedRequests(system, Objects.requireNonNull(parts.surroundings())),
            store.artifacts(),
            clock,
            circuitVersions(config),
            readiness(store));
    var address =
        Node.await(
            gateway.bind().toCompletableFuture(),
            "clients' port " + settings.port() + " on " + settings.host() + " cannot be opened");
    Cleaning.every(system, store, clock);
    return URI.create(
        settings.publicUrl().orElse("http://" + settings.host() + ":" + address.getPort()));
  }

  static Set<CircuitVersion> circuitVersions(Config config) {
    return config.getStringList("private-proving.circuit-versions").stream()
        .map(CircuitVersion::new)
        .collect(Collectors.toUnmodifiableSet());
  }

  private static Readiness readiness(ServerStore store) {
    UpstreamNetwork network = store.network().upstream();
    return () ->
        database(store.database())
            .thenApply(
                database ->
                    network == null
                        ? List.of(database)
                        : List.of(database, network(network.reachability())));
  }

  /**
   * Not vital: what was accepted is proved, and polls are answered, while the network is away; and
   * other servers are no better off.
   */
  private static Check network(Reachability reachability) {
    return reachability
        .awaySince()
        .map(since -> new Check("network", false, "does not answer since " + since, false))
        .orElseGet(() -> new Check("network", true, "answers", false));
  }

  private static CompletionStage<Check> database(Database database) {
    return database
        .transact(
            connection -> {
              try (var statement = connection.createStatement()) {
                return statement.execute("SELECT 1");
              }
            })
        .handle(
            (_, failure) ->
                failure == null
                    ? new Check("database", true, "answers")
                    : new Check("database", false, "does not answer"));
  }
}
