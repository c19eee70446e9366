package org.privateproving.cli;

import com.typesafe.config.Config;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorSystem;
import org.jspecify.annotations.Nullable;
import org.privateproving.artifact.ArtifactStore;
import org.privateproving.artifact.ClusterKey;
import org.privateproving.database.Database;
import org.privateproving.domain.InvalidSetting;
import org.privateproving.network.HostedLedger;
import org.privateproving.network.ProverNetwork;
import org.privateproving.network.upstream.ProgramFetcher;
import org.privateproving.network.upstream.ProgramSettings;
import org.privateproving.network.upstream.UpstreamNetwork;
import org.privateproving.network.upstream.UpstreamSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where this server's requests are made: at a network upstream if one is configured, else in our
 * own ledger.
 *
 * @param upstream null: our own ledger
 * @param forget forgets what is of no use any more at a time; yields a word for the log
 */
record NetworkParts(
    ProverNetwork network,
    @Nullable UpstreamNetwork upstream,
    Function<Instant, CompletionStage<String>> forget) {
  private static final Logger LOG = LoggerFactory.getLogger(NetworkParts.class);

  /** Registrations are kept for as long as a client may repeat a call, and much longer. */
  private static final Duration KEEP_ADMISSIONS = Duration.ofDays(2);

  /**
   * @throws InvalidSetting if a setting of a network that is configured is wrong
   */
  static void check(Config config) {
    if (UpstreamSettings.isConfigured(config)) {
      var _ = UpstreamSettings.from(config);
      var _ = ProgramSettings.from(config);
    }
  }

  static NetworkParts open(
      ActorSystem<?> system,
      Config config,
      Database database,
      ArtifactStore artifacts,
      ClusterKey key,
      Clock clock) {
    if (!UpstreamSettings.isConfigured(config)) {
      var ledger = new HostedLedger(database, artifacts, key.derive("request-id"), clock);
      return new NetworkParts(
          ledger, null, _ -> ledger.forgetOldNonces().thenApply(count -> count + " used nonces"));
    }
    UpstreamSettings settings = UpstreamSettings.from(config);
    var programs = new ProgramFetcher(artifacts, ProgramSettings.from(config), system);
    var upstream = new UpstreamNetwork(system, settings, database, artifacts, programs, clock);
    system
        .getWhenTerminated()
        .whenComplete(
            (_, _) -> {
              upstream.close();
              programs.close();
            });
    LOG.info(
        "In front of the prover network at {}, reporting as {}",
        settings.rpcUrl(),
        settings.signer().address());
    return new NetworkParts(
        upstream,
        upstream,
        now ->
            upstream
                .forgetAdmissions(now.minus(KEEP_ADMISSIONS))
                .thenApply(count -> count + " registrations"));
  }
}
