package org.privateproving.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.privateproving.domain.Schema;
import org.privateproving.endtoend.ServersInFront.Prepared;
import org.privateproving.wire.network.ExecutionStatus;
import org.privateproving.wire.network.FulfillmentStatus;

/**
 * kill -9 of a server in front of a network at each call that it makes there in a request's life,
 * and a restart. "before" is between two calls; "after" is when the network has done what it was
 * told and its answer is lost. Whatever happens, the network has one request and one report of it.
 */
class NetworkKillIT {
  private static final byte[] TWENTY = Encodings.stdin(Encodings.u32(20));
  private static final byte[] PANICS = Encodings.stdin(Encodings.u32(1), Encodings.bytes("x"));
  private static final Map<Schema, ServersInFront> SERVERS = new EnumMap<>(Schema.class);

  @TempDir private static Path data;

  /** What a client does that got no answer. */
  enum Client {
    REPEATS,
    IS_GONE
  }

  /** One network for all tests, so that each also finds what the ones before it left. */
  private static ServersInFront servers(Schema schema) throws Exception {
    ServersInFront known = SERVERS.get(schema);
    if (known == null) {
      known = new ServersInFront(schema, data.resolve(schema.name()));
      SERVERS.put(schema, known);
    }
    return known;
  }

  @AfterAll
  static void stop() throws Exception {
    for (ServersInFront servers : SERVERS.values()) {
      servers.close();
    }
  }

  @ParameterizedTest(name = "{0}: {1} {2}, and the client {3}")
  @CsvSource({
    "BASE, RequestProof, before, REPEATS",
    "BASE, RequestProof, after, REPEATS",
    "BASE, RequestProof, after, IS_GONE",
    "BASE, GetProofRequestDetails, before, REPEATS",
    "BASE, GetProofRequestDetails, before, IS_GONE",
    "AUCTION, GetProofRequestDetails, before, IS_GONE"
  })
  void aRequestWithoutAnAnswerIsMadeOnceAndProved(
      Schema schema, String method, String when, Client then) throws Exception {
    ServersInFront servers = servers(schema);
    Prepared first;
    try (WireClient client = servers.client()) {
      first = servers.prepare(client, "fibonacci", TWENTY);
      servers.network().hold(method, when, first.id());
      CompletableFuture<ByteString> answer = client.requestLater(first.message());
      servers.killAt(method);
      assertThat(answer).failsWithin(Duration.ofMinutes(1));
    }
    boolean isThere = !method.equals("RequestProof") || when.equals("after");
    assertThat(servers.network().requestsFor(first.stdinUri())).hasSize(isThere ? 1 : 0);

    servers.startNext();

    goesOn(servers, first, then, isThere);
  }

  /** Between the network's last answer and ours there are writes of our own. */
  @ParameterizedTest(name = "{0}, and the client {1}")
  @CsvSource({JournalGate.REQUEST_ROW + ", REPEATS", "accepted:1, IS_GONE"})
  void aRequestThatOnlyTheNetworkHasAcceptedIsMadeOnceAndProved(String write, Client then)
      throws Exception {
    ServersInFront servers = servers(Schema.BASE);
    Prepared first;
    try (WireClient client = servers.client()) {
      first = servers.prepare(client, "fibonacci", TWENTY);
      servers.gate().close(write);
      CompletableFuture<ByteString> answer = client.requestLater(first.message());
      servers.killAtGate();
      assertThat(answer).failsWithin(Duration.ofMinutes(1));
    }

    servers.startNext();

    goesOn(servers, first, then, true);
  }

  /**
   * @param isThere whether the network has the first request already
   */
  private static void goesOn(ServersInFront servers, Prepared first, Client then, boolean isThere)
      throws Exception {
    try (WireClient client = servers.client()) {
      if (then == Client.REPEATS) {
        String found = servers.requestUntilAnswered(client, "fibonacci", first);
        assertThat(found.equals(first.id())).isEqualTo(isThere);
      }
      JsonNode request = servers.awaitReported(first.stdinUri(), "FulfillProof");
      assertFulfilled(client, request.path("requestId").asText());
      servers.assertNothingIsLeft();
    }
  }

  private static void assertFulfilled(WireClient client, String id) {
    var end = client.awaitEnd(ServersInFront.id(id));
    assertThat(end.getFulfillmentStatus()).isEqualTo(FulfillmentStatus.FULFILLED);
    assertThat(end.getProofUri()).contains("/proofs/" + id.substring(2));
  }

  @ParameterizedTest(name = "{0}: {1} {2}")
  @CsvSource({
    "BASE, GET, before",
    "BASE, GetProofRequestStatus, before",
    "BASE, GetNonce, before",
    "BASE, FulfillProof, before",
    "BASE, FulfillProof, after",
    "AUCTION, GetProofRequestParams, before",
    "AUCTION, FulfillProof, after"
  })
  void anAcceptedRequestIsProvedAndReportedOnce(Schema schema, String method, String when)
      throws Exception {
    ServersInFront servers = servers(schema);
    // A program is fetched once, so this needs one that no test had before.
    String guest = method.equals("GET") ? "sum-of-secrets" : "fibonacci";
    byte[] stdin = method.equals("GET") ? Encodings.stdin(Encodings.u64s(31, 41)) : TWENTY;
    Prepared request;
    try (WireClient client = servers.client()) {
      request = servers.prepare(client, guest, stdin);
      if (method.equals("GetNonce")) {
        // A server that has reported before knows the next nonce until something goes wrong.
        servers
            .network()
            .fault("{\"method\":\"FulfillProof\",\"kind\":\"code\",\"code\":\"UNAVAILABLE\"}");
      }
      servers.network().hold(method, when, isAboutARequest(method) ? request.id() : "");
      assertThat(ServersInFront.hex(client.request(request.message()))).isEqualTo(request.id());
      servers.killAt(method);
    }

    servers.startNext();

    try (WireClient client = servers.client()) {
      servers.awaitReported(request.stdinUri(), "FulfillProof");
      assertFulfilled(client, request.id());
      servers.assertNothingIsLeft();
    }
  }

  private static boolean isAboutARequest(String method) {
    return switch (method) {
      case "GET", "GetNonce", "GetProofRequestParams" -> false;
      default -> true;
    };
  }

  @ParameterizedTest(name = "{0}: {1} {2}")
  @CsvSource({
    "BASE, FailExecution, before",
    "BASE, FailExecution, after",
    "AUCTION, FailFulfillment, after"
  })
  void aFailureIsReportedOnce(Schema schema, String method, String when) throws Exception {
    ServersInFront servers = servers(schema);
    Prepared request;
    try (WireClient client = servers.client()) {
      request = servers.prepare(client, "misbehave", PANICS);
      servers.network().hold(method, when, request.id());
      client.request(request.message());
      servers.killAt(method);
    }

    servers.startNext();

    try (WireClient client = servers.client()) {
      servers.awaitReported(request.stdinUri(), method);
      var end = client.awaitEnd(ServersInFront.id(request.id()));
      assertThat(end.getExecutionStatus()).isEqualTo(ExecutionStatus.UNEXECUTABLE);
      servers.assertNothingIsLeft();
    }
  }

  /** With a key that dies with its server nobody can read what that had stored. */
  @ParameterizedTest
  @ValueSource(strings = {"GetProofRequestDetails", "FulfillProof"})
  void aRequestWhoseInputOrProofDiedWithTheServerIsFailedOnce(String method) throws Exception {
    try (var servers =
        new ServersInFront(
            Schema.BASE, data.resolve("memory-" + method), "artifacts.key-source=memory")) {
      Prepared request;
      try (WireClient client = servers.client()) {
        request = servers.prepare(client, "fibonacci", TWENTY);
        servers.network().hold(method, "before", request.id());
        var _ = client.requestLater(request.message());
        servers.killAt(method);
      }

      servers.startNext();

      try (WireClient client = servers.client()) {
        servers.awaitReported(request.stdinUri(), "FailFulfillment");
        var end = client.awaitEnd(ServersInFront.id(request.id()));
        assertThat(end.getFulfillmentStatus()).isEqualTo(FulfillmentStatus.UNFULFILLABLE);
        servers.assertNothingIsLeft();
      }
    }
  }

  /** Nobody here can prove it: its input was never here. */
  @Test
  void aRequestWithoutAnInputIsFailedOnce() throws Exception {
    ServersInFront servers = servers(Schema.BASE);
    String uri = "https://elsewhere.example/stdins/1";
    servers.network().hold("FailFulfillment", "after", "");
    servers
        .network()
        .post(
            "requests",
            """
            {"requester":"0x1a642f0e3c3af545e7acbd38b07251b3990914f1","vkHash":"0x%s",
             "stdinUri":"%s","deadline":%d}
            """
                .formatted("0a".repeat(32), uri, System.currentTimeMillis() / 1000 + 3600));
    servers.killAt("FailFulfillment");

    servers.startNext();

    JsonNode request = servers.awaitReported(uri, "FailFulfillment");
    assertThat(request.path("fulfillmentStatus").asText()).isEqualTo("UNFULFILLABLE");
    servers.assertNothingIsLeft();
  }
}
