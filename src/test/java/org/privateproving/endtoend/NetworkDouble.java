package org.privateproving.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.StreamSupport;
import org.privateproving.domain.Schema;

/**
 * The strict stand-in for the prover network ({@code native/network-double}), as a process of its
 * own; see {@code native/README.md} for what its control takes.
 */
final class NetworkDouble implements AutoCloseable {
  /** Of the key that our server reports with in tests; never a key of anybody's. */
  static final String FULFILLER_KEY = "02".repeat(32);

  static final String FULFILLER = "0x5050a4f4b3f9338c3472dcc01a87c76a144b3c9c";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration START_WITHIN = Duration.ofSeconds(30);
  private static final Duration HELD_WITHIN = Duration.ofMinutes(1);

  private final Process process;
  private final JsonNode listening;
  private final HttpClient http = HttpClient.newHttpClient();

  private NetworkDouble(Process process, JsonNode listening) {
    this.process = process;
    this.listening = listening;
  }

  /** Starts one whose requests go to {@link #FULFILLER}. */
  static NetworkDouble start(Schema schema, String... more) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(
        Path.of(
                System.getProperty("private-proving.client", "target/native/client"),
                "..",
                "private-proving-network-double")
            .normalize()
            .toString());
    command.addAll(List.of("--fulfiller", FULFILLER));
    command.addAll(List.of("--schema", schema == Schema.BASE ? "base" : "auction"));
    command.addAll(Arrays.asList(more));
    Path out = Files.createTempFile("network-double-", ".jsonl");
    out.toFile().deleteOnExit();
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    await("the network double")
        .atMost(START_WITHIN)
        .failFast("it ended", () -> !process.isAlive())
        .until(() -> Files.readString(out).endsWith("\n"));
    return new NetworkDouble(process, JSON.readTree(Files.readString(out)));
  }

  URI url() {
    return URI.create(listening.path("url").asText());
  }

  /** What makes a server stand in front of it. */
  ProvingProcess.Builder inFrontOfIt(ProvingProcess.Builder server) {
    return server
        .set("network.rpc-url=" + url())
        .set("network.reconcile-every=1s")
        .set("network.orphan-grace=5s")
        .environment("PRIVATE_PROVING_NETWORK_FULFILLER_KEY", FULFILLER_KEY);
  }

  /** Tells a fault, as in {@code {"method":"FulfillProof","kind":"cut","when":"after"}}. */
  void fault(String json) {
    post("faults", json);
  }

  /**
   * Holds the next call of a method before or after the network does what it says.
   *
   * @param requestId only a call about this request; empty: any
   */
  void hold(String method, String when, String requestId) {
    String about = requestId.isEmpty() ? "" : ",\"requestId\":\"" + requestId + "\"";
    fault("{\"method\":\"%s\",\"kind\":\"hold\",\"when\":\"%s\"%s}".formatted(method, when, about));
  }

  /** Waits until a call of this method is held. */
  void awaitHeld(String method) {
    await(method + " held at the network")
        .atMost(HELD_WITHIN)
        .pollInterval(Duration.ofMillis(20))
        .until(
            () ->
                StreamSupport.stream(waiting().spliterator(), false)
                    .anyMatch(call -> call.path("method").asText().equals(method)));
  }

  void forgetFaults() {
    send(HttpRequest.newBuilder(control("faults")).DELETE().build());
  }

  /** Faults that no call has met yet. */
  JsonNode faultsLeft() {
    return get("faults");
  }

  void away(boolean on) {
    post("away", "{\"on\":" + on + "}");
  }

  /** Calls that are held now. */
  JsonNode waiting() {
    return get("waiting");
  }

  void release() {
    post("release", "");
  }

  /** Lets held calls of one method go on. */
  void release(String method) {
    post("release", "{\"method\":\"" + method + "\"}");
  }

  JsonNode requests() {
    return get("requests");
  }

  /** The requests that were made for this input. */
  List<JsonNode> requestsFor(String stdinUri) {
    return StreamSupport.stream(requests().spliterator(), false)
        .filter(request -> request.path("stdinUri").asText().equals(stdinUri))
        .toList();
  }

  JsonNode post(String path, String json) {
    return send(HttpRequest.newBuilder(control(path)).POST(BodyPublishers.ofString(json)).build());
  }

  private JsonNode get(String path) {
    return send(HttpRequest.newBuilder(control(path)).build());
  }

  private URI control(String path) {
    return URI.create(listening.path("controlUrl").asText() + "/control/" + path);
  }

  private JsonNode send(HttpRequest request) {
    try {
      var response = http.send(request, BodyHandlers.ofString());
      assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
      return JSON.readTree(response.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  // The journal.

  /** Every call so far. */
  List<JsonNode> journal() {
    return journal(0);
  }

  /** The calls from this one on. */
  List<JsonNode> journal(int from) {
    return StreamSupport.stream(get("journal?from=" + from).spliterator(), false).toList();
  }

  /** What the network did on calls of one method. */
  List<JsonNode> committed(String method) {
    return journal().stream()
        .filter(line -> line.path("method").asText().equals(method))
        .filter(line -> line.path("committed").asBoolean())
        .toList();
  }

  /** Breaches of the network's rules: there must be none. */
  List<JsonNode> violations() {
    return journal().stream().filter(line -> line.hasNonNull("violation")).toList();
  }

  @Override
  public void close() {
    http.close();
    process.destroyForcibly();
  }
}
