package org.privateproving.cli;

import com.typesafe.config.Config;
import java.net.URI;
import java.time.Clock;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.pekko.actor.typed.ActorSystem;
import org.privateproving.domain.CircuitVersion;
import org.privateproving.gateway.Gateway;
import org.privateproving.gateway.GatewaySettings;
import org.privateproving.request.ShardedRequests;

/** The server of this process: its gateway and what runs on a timer. */
final class ServerParts {
  private ServerParts() {}

  /**
   * What is open.
   *
   * @param url where clients go
   * @param port on this machine
   */
  record Opened(URI url, int port) {}

  /** Returns once clients may come. */
  static Opened start(ActorSystem<?> system, ClusterParts parts, Config config, Clock clock)
      throws InterruptedException {
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
            new ServerReadiness(store.database(), store.network().upstream()));
    var address =
        Node.await(
            gateway.bind().toCompletableFuture(),
            "clients' port " + settings.port() + " on " + settings.host() + " cannot be opened");
    Cleaning.every(system, store, clock);
    URI url =
        URI.create(
            settings.publicUrl().orElse("http://" + settings.host() + ":" + address.getPort()));
    return new Opened(url, address.getPort());
  }

  static Set<CircuitVersion> circuitVersions(Config config) {
    return config.getStringList("private-proving.circuit-versions").stream()
        .map(CircuitVersion::new)
        .collect(Collectors.toUnmodifiableSet());
  }
}
