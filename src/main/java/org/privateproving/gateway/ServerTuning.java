package org.privateproving.gateway;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import org.apache.pekko.http.javadsl.settings.ServerSettings;

/**
 * How the HTTP server is set up. It stands in code and not in a configuration file, since the
 * gateway's promises rest on it.
 */
final class ServerTuning {
  // SDK 6 pings every 15 s, also when idle: a connection this quiet is dead.
  private static final Duration QUIET = Duration.ofSeconds(60);

  private ServerTuning() {}

  static ServerSettings settings(Config system, GatewaySettings settings) {
    // Longer than a transfer may stand still and a call may last, so that those end with an answer.
    Duration busiest = settings.transferIdle().plus(settings.callTimeout()).plusSeconds(5);
    Duration idle = busiest.compareTo(QUIET) > 0 ? busiest : QUIET;
    String ours =
        """
        pekko.http {
          server {
            enable-http2 = on
            server-header = ""
            max-connections = 4096
            backlog = 1024
            idle-timeout = %dms
            # Each route has timeouts of its own; this one answers 503, which the SDK takes for final.
            request-timeout = infinite
            socket-options.tcp-no-delay = true
            transparent-head-requests = off
            verbose-error-messages = off
            log-unencrypted-network-bytes = off
            parsing {
              # A log line about a bad request would quote its URI, and URIs are capabilities here.
              error-logging-verbosity = off
              illegal-header-warnings = off
              # Routes bound what they read; the artifact store has its own limit.
              max-content-length = infinite
            }
            http2 {
              max-concurrent-streams = 256
              # Keeps calls that are held from looking dead to what stands between us and the client.
              ping-interval = 20s
              ping-timeout = 20s
              # Rapid reset (CVE-2023-44487).
              frame-type-throttle {
                frame-types = ["reset"]
                cost = 100
                burst = 100
                interval = 1s
              }
            }
          }
        }
        """
            .formatted(idle.toMillis());
    return ServerSettings.create(ConfigFactory.parseString(ours).withFallback(system).resolve());
  }
}
