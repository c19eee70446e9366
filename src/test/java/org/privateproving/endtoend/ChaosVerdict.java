package org.privateproving.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.privateproving.database.DatabaseSettings;

/** What has to hold when all is over: read from the journal and the artifact store themselves. */
final class ChaosVerdict {
  private static final ObjectMapper CBOR = new ObjectMapper(new CBORFactory());
  private static final Set<String> ENDS = Set.of("fulfilled:1", "failed:1", "expired:1");
  private static final Duration SETTLED_WITHIN = Duration.ofMinutes(2);
  private static final Duration CLEANED_WITHIN = Duration.ofMinutes(5);

  private final DatabaseSettings database;

  ChaosVerdict(DatabaseSettings database) {
    this.database = database;
  }

  /**
   * @param ended what the clients saw
   */
  void assertNothingIsLost(List<ChaosLoad.Ended> ended) throws SQLException, IOException {
    await("every request is settled")
        .atMost(SETTLED_WITHIN)
        .pollInterval(Duration.ofSeconds(1))
        .until(() -> number("SELECT count(*) FROM request WHERE settled_at IS NULL") == 0);
    Map<String, List<Written>> journal = journal();
    journal.forEach(ChaosVerdict::assertOneLife);
    for (ChaosLoad.Ended one : ended) {
      assertThat(journal.get(one.id()))
          .as(one.id())
          .extracting(Written::what)
          .contains(one.proved() ? "fulfilled:1" : "failed:1");
    }
    assertThat(journal.keySet()).hasSize((int) number("SELECT count(*) FROM request"));
    assertNothingIsLeft();
  }

  private record Written(String what, JsonNode event) {}

  /** Exactly one end, a proof that stays, and epochs that only grow. */
  private static void assertOneLife(String id, List<Written> life) {
    List<String> names = life.stream().map(Written::what).toList();
    assertThat(names.stream().filter(ENDS::contains)).as(id + " " + names).hasSize(1);
    assertThat(names).as(id).containsOnlyOnce("accepted:1", "inputs-erased:1");
    List<Long> epochs =
        life.stream()
            .filter(one -> one.what().equals("lease-granted:1"))
            .map(one -> one.event().path("epoch").asLong())
            .toList();
    assertThat(epochs).as(id).isSorted().doesNotHaveDuplicates().doesNotContain(0L);
    int proved = names.indexOf("proved:1");
    if (proved >= 0) {
      assertThat(names).as(id).containsOnlyOnce("proved:1").contains("fulfilled:1");
      assertThat(names.subList(proved, names.size())).as(id).doesNotContain("lease-granted:1");
    }
  }

  /** No input, and of proofs only those of requests that have one; nor bytes without an owner. */
  private void assertNothingIsLeft() {
    String left =
        """
        SELECT count(*) FROM artifact a WHERE erased_at IS NULL AND kind <> 'PROGRAM' AND NOT
          (kind = 'PROOF' AND EXISTS (SELECT 1 FROM request r WHERE r.state = 'fulfilled'
             AND a.claimed_by = encode(r.request_id, 'hex')))""";
    String stray =
        """
        SELECT count(*) FROM artifact_attempt t JOIN artifact a ON a.id = t.artifact_id
          WHERE a.attempt IS DISTINCT FROM t.id""";
    await("only programs and proofs are left")
        .atMost(CLEANED_WITHIN)
        .pollInterval(Duration.ofSeconds(1))
        .untilAsserted(
            () -> {
              assertThat(number(left)).as("artifacts").isZero();
              assertThat(number(stray)).as("uploads that do not count").isZero();
            });
  }

  private Map<String, List<Written>> journal() throws SQLException, IOException {
    Map<String, List<Written>> lives = new LinkedHashMap<>();
    try (Connection connection = connect();
        var query =
            connection.prepareStatement(
                "SELECT persistence_id, event_ser_manifest, event_payload FROM event_journal"
                    + " WHERE persistence_id LIKE 'ProofRequest|%'"
                    + " ORDER BY persistence_id, sequence_number");
        var rows = query.executeQuery()) {
      while (rows.next()) {
        String id = rows.getString(1).substring("ProofRequest|".length());
        lives
            .computeIfAbsent(id, _ -> new ArrayList<>())
            .add(new Written(rows.getString(2), CBOR.readTree(rows.getBytes(3))));
      }
    }
    return lives;
  }

  private long number(String query) throws SQLException {
    try (Connection connection = connect();
        var statement = connection.createStatement();
        var row = statement.executeQuery(query)) {
      row.next();
      return row.getLong(1);
    }
  }

  private Connection connect() throws SQLException {
    return DriverManager.getConnection(database.url(), database.user(), database.password());
  }
}
