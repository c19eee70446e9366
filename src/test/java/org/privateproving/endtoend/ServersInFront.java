package org.privateproving.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import io.grpc.Status;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.privateproving.database.DatabaseSettings;
import org.privateproving.database.TestPostgres;
import org.privateproving.domain.Schema;
import org.privateproving.gateway.Signer;
import org.privateproving.network.EthereumSignature;
import org.privateproving.wire.network.SignedRequest;

/**
 * One server after the other on the same database and in front of the same network: each finds what
 * the death of the one before it left.
 */
final class ServersInFront implements AutoCloseable {
  private static final List<String> REPORTS =
      List.of("FulfillProof", "FailFulfillment", "FailExecution");
  private static final Duration SETTLED_WITHIN = Duration.ofMinutes(1);

  private final Schema schema;
  private final Path data;
  private final String[] settings;
  private final DatabaseSettings database = TestPostgres.freshDatabase();
  private final JournalGate gate;
  private final NetworkDouble network;
  private final Map<String, Guest> registered = new HashMap<>();
  private ProvingProcess server;

  /** Starts the network and the first server. */
  ServersInFront(Schema schema, Path data, String... settings) throws IOException, SQLException {
    this.schema = schema;
    this.data = data;
    this.settings = settings;
    this.gate = new JournalGate(database);
    this.network = NetworkDouble.start(schema);
    this.server = start();
  }

  private ProvingProcess start() {
    var builder =
        network
            .inFrontOfIt(ProvingProcess.in(data).database(database))
            .set("requests.lease-term=2s")
            // How long a dead server's claim on a registration lasts is made of these.
            .set("network.call-timeout=2s")
            .set("network.assignment-wait=1s")
            // Nobody else has the key, so what only the network knows is ours to fail.
            .set("network.fail-orphans=all");
    for (String setting : settings) {
      builder.set(setting);
    }
    return builder.start();
  }

  NetworkDouble network() {
    return network;
  }

  /** Before the writes of whichever server is alive. */
  JournalGate gate() {
    return gate;
  }

  /** Of the server that is alive. */
  WireClient client() {
    return new WireClient(server.url(), Signer.ONE);
  }

  /** SIGKILL while a call of this method is held at the network. */
  void killAt(String method) throws InterruptedException {
    network.awaitHeld(method);
    server.kill();
  }

  /** SIGKILL before the write that the gate was closed for. */
  void killAtGate() throws InterruptedException, SQLException {
    gate.awaitArrival();
    server.kill();
    gate.openAfterKill();
  }

  void startNext() {
    server = start();
  }

  /** A signed request whose id at the network is known before the network sees it. */
  record Prepared(SignedRequest message, String stdinUri, String id) {}

  /** Uploads an input and signs a request for it, once its program is registered. */
  Prepared prepare(WireClient client, String guest, byte[] stdin) throws Exception {
    ByteString vkHash = registered(client, guest).vkHash();
    return prepare(client, guest, client.uploadStdin(stdin), vkHash);
  }

  /** The same request once more, under the next nonce. */
  Prepared repeat(WireClient client, String guest, Prepared first) throws Exception {
    return prepare(client, guest, first.stdinUri(), registered(client, guest).vkHash());
  }

  private Prepared prepare(WireClient client, String guest, String stdinUri, ByteString vkHash) {
    SignedRequest message = client.sign(client.networkBody(schema, vkHash, stdinUri));
    byte[] id =
        EthereumSignature.keccak256(
            Encodings.concat(Signer.ONE.address().bytes(), message.getBody().toByteArray()));
    return new Prepared(message, stdinUri, "0x" + HexFormat.of().formatHex(id));
  }

  private Guest registered(WireClient client, String name) throws Exception {
    Guest known = registered.get(name);
    if (known == null) {
      known = Guest.of(name);
      client.register(known);
      registered.put(name, known);
    }
    return known;
  }

  /** Requests as the SDK does, again and again while it is told to; returns the id. */
  String requestUntilAnswered(WireClient client, String guest, Prepared first) {
    AtomicReference<String> id = new AtomicReference<>();
    await("an answer to the repeated request")
        .atMost(Duration.ofMinutes(1))
        .pollInterval(Duration.ofMillis(200))
        .until(
            () -> {
              try {
                id.set(hex(client.request(repeat(client, guest, first).message())));
                return true;
              } catch (io.grpc.StatusRuntimeException e) {
                assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
                return false;
              }
            });
    return id.get();
  }

  static String hex(ByteString id) {
    return "0x" + HexFormat.of().formatHex(id.toByteArray());
  }

  static ByteString id(String hex) {
    return ByteString.copyFrom(HexFormat.of().parseHex(hex.substring(2)));
  }

  // What must be true once all is over.

  /** The one request for this input, once it has been reported by one call of this method. */
  JsonNode awaitReported(String stdinUri, String method) {
    await(method)
        .atMost(SETTLED_WITHIN)
        .until(() -> network.requestsFor(stdinUri).stream().anyMatch(r -> isReported(r, method)));
    assertThat(network.requestsFor(stdinUri)).hasSize(1);
    return network.requestsFor(stdinUri).getFirst();
  }

  private boolean isReported(JsonNode request, String method) {
    return reports(request.path("requestId").asText()).contains(method);
  }

  /** The methods by which this request's result was reported, in their order. */
  List<String> reports(String id) {
    return network.journal().stream()
        .filter(line -> line.path("requestId").asText().equals(id))
        .filter(line -> line.path("committed").asBoolean())
        .map(line -> line.path("method").asText())
        .filter(REPORTS::contains)
        .toList();
  }

  /**
   * Once nothing is left to do here: no request waits at the network, none was reported twice, no
   * nonce was left out, and no rule of the network's was broken.
   */
  void assertNothingIsLeft() {
    Footprint.settled(database);
    for (JsonNode request : network.requests()) {
      assertThat(reports(request.path("requestId").asText()))
          .as("reports of %s", request)
          .hasSize(1);
    }
    Map<String, Long> next = new HashMap<>();
    for (JsonNode line : network.journal()) {
      if (line.path("committed").asBoolean() && line.hasNonNull("nonce")) {
        String signer = line.path("signer").asText();
        assertThat(line.path("nonce").asLong())
            .as("%s", line)
            .isEqualTo(next.getOrDefault(signer, 0L));
        next.merge(signer, 1L, (_, _) -> line.path("nonce").asLong() + 1);
      }
    }
    assertThat(network.violations()).isEmpty();
    assertThat(network.faultsLeft()).isEmpty();
  }

  @Override
  public void close() throws SQLException {
    server.close();
    network.close();
    gate.close();
  }
}
