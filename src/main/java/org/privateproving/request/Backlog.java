package org.privateproving.request;

import java.sql.Timestamp;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.privateproving.database.Database;
import org.privateproving.domain.Address;

/** How much there is to prove, by what the read side knows. */
final class Backlog {
  private final Queries queries;

  Backlog(Database database) {
    this.queries = new Queries(database);
  }

  record Requester(Address address, int unproved) {}

  /** Requesters that have unproved requests, in no order. */
  CompletionStage<List<Requester>> requesters() {
    return queries.rows(
        """
        SELECT requester, count(*) FROM request
         WHERE settled_at IS NULL AND state IN ('absent', 'queued', 'leased')
         GROUP BY requester
        """,
        _ -> {},
        row -> new Requester(Address.of(row.getBytes(1)), row.getInt(2)));
  }

  /** The requester's other requests for the same, without a device, and due no later. */
  CompletionStage<Integer> ahead(Address requester, Order.Terms terms) {
    return queries
        .rows(
            """
            SELECT count(*) FROM request
             WHERE settled_at IS NULL AND state IN ('absent', 'queued')
               AND requester = ? AND vk_hash = ? AND mode = ? AND deadline <= ?
               AND stdin_uri <> ?
            """,
            select -> {
              select.setBytes(1, requester.bytes());
              select.setBytes(2, terms.vkHash().bytes());
              select.setString(3, terms.mode().name());
              select.setTimestamp(4, Timestamp.from(terms.deadline()));
              select.setString(5, terms.stdinUri());
            },
            row -> row.getInt(1))
        .thenApply(List::getFirst);
  }
}
