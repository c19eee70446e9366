package org.privateproving.endtoend;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the stand-in network has noted, read on and on: each line is fetched once. Thread-safe. */
final class NetworkJournal {
  private final NetworkDouble network;
  private final List<JsonNode> lines = new ArrayList<>();

  NetworkJournal(NetworkDouble network) {
    this.network = network;
  }

  private synchronized List<JsonNode> all() {
    lines.addAll(network.journal(lines.size()));
    return List.copyOf(lines);
  }

  /** What counted of the calls about a request. */
  List<JsonNode> committed(String requestId) {
    return all().stream()
        .filter(line -> line.path("requestId").asText().equals(requestId))
        .filter(line -> line.path("committed").asBoolean())
        .toList();
  }

  /** Requests of one signer for one input that counted. */
  List<JsonNode> requested(String stdinUri) {
    return all().stream()
        .filter(line -> line.path("stdinUri").asText().equals(stdinUri))
        .filter(line -> line.path("committed").asBoolean())
        .toList();
  }

  /** The results that counted, by request. */
  Map<String, List<String>> results() {
    return all().stream()
        .filter(line -> line.path("committed").asBoolean())
        .filter(line -> isResult(line.path("method").asText()))
        .collect(
            Collectors.groupingBy(
                line -> line.path("requestId").asText(),
                TreeMap::new,
                Collectors.mapping(line -> line.path("method").asText(), Collectors.toList())));
  }

  static boolean isResult(String method) {
    return Stream.of("FulfillProof", "FailFulfillment", "FailExecution").anyMatch(method::equals);
  }

  /** The nonces that counted, by signer, the smallest first. */
  Map<String, List<Long>> nonces() {
    return all().stream()
        .filter(line -> line.path("committed").asBoolean() && line.has("nonce"))
        // A line is written when its call ends, which may be after that of a later one.
        .sorted(Comparator.comparingLong(line -> line.path("nonce").asLong()))
        .collect(
            Collectors.groupingBy(
                line -> line.path("signer").asText(),
                TreeMap::new,
                Collectors.mapping(line -> line.path("nonce").asLong(), Collectors.toList())));
  }

  List<JsonNode> violations() {
    return all().stream().filter(line -> line.hasNonNull("violation")).toList();
  }
}
