package org.privateproving.cli;

import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.privateproving.database.Database;
import org.privateproving.gateway.Readiness;
import org.privateproving.network.upstream.Reachability;
import org.privateproving.network.upstream.UpstreamNetwork;

/** What a server needs to do its work: its database, and the network if one is behind it. */
final class ServerReadiness implements Readiness {
  private final Database database;
  private final @Nullable UpstreamNetwork network;

  /**
   * @param network null: our own ledger
   */
  ServerReadiness(Database database, @Nullable UpstreamNetwork network) {
    this.database = database;
    this.network = network;
  }

  @Override
  public CompletionStage<List<Check>> checks() {
    return checkDatabase()
        .thenApply(
            checked ->
                network == null
                    ? List.of(checked)
                    : List.of(checked, check(network.reachability())));
  }

  /**
   * Not vital: what was accepted is proved, and polls are answered, while the network is away; and
   * other servers are no better off.
   */
  private static Check check(Reachability reachability) {
    return reachability
        .awaySince()
        .map(since -> new Check("network", false, "does not answer since " + since, false))
        .orElseGet(() -> new Check("network", true, "answers", false));
  }

  private CompletionStage<Check> checkDatabase() {
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
