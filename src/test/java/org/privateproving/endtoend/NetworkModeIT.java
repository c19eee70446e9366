package org.privateproving.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.privateproving.database.TestPostgres;
import org.privateproving.domain.Schema;
import org.privateproving.gateway.Signer;
import org.privateproving.wire.network.ExecutionStatus;
import org.privateproving.wire.network.FulfillmentStatus;
import org.privateproving.wire.network.GetFilteredProofRequestsRequest;
import org.privateproving.wire.network.GetFilteredProofRequestsResponse;
import org.privateproving.wire.network.GetOwnerRequest;
import org.privateproving.wire.network.GetOwnerResponse;
import org.privateproving.wire.network.GetProgramRequest;
import org.privateproving.wire.network.GetProgramResponse;
import org.privateproving.wire.network.ProofRequestError;

/** The SDK, our server in front of a network, and the network: everything as it should be. */
class NetworkModeIT {
  private static final String[] FIBONACCI = {
    "--elf", SdkClient.elf("fibonacci").toString(), "--input", "u32:20"
  };

  @TempDir Path data;
  private NetworkDouble network;
  private ProvingProcess server;

  private void start(Schema schema, String... more) throws Exception {
    network = NetworkDouble.start(schema, more);
    server =
        network.inFrontOfIt(ProvingProcess.in(data).database(TestPostgres.freshDatabase())).start();
  }

  @AfterEach
  void stop() {
    server.close();
    network.close();
  }

  private SdkClient client(Schema schema, String... arguments) throws Exception {
    return SdkClient.run(server.url(), with(schema, arguments));
  }

  private static String[] with(Schema schema, String... arguments) {
    return Stream.concat(
            List.of("--network", schema == Schema.BASE ? "reserved" : "mainnet").stream(),
            Stream.of(arguments))
        .toArray(String[]::new);
  }

  private JsonNode onlyRequest() {
    assertThat(network.requests()).hasSize(1);
    return network.requests().get(0);
  }

  @ParameterizedTest
  @EnumSource
  void provesWhatIsRequestedAndReportsIt(Schema schema) throws Exception {
    start(schema);

    SdkClient client = client(schema, concat(FIBONACCI, "--details"));

    assertThat(client.event("done").path("verified").asBoolean()).as(client.output()).isTrue();
    assertThat(network.violations()).isEmpty();
    assertThat(network.committed("RequestProof")).hasSize(1);
    assertThat(network.committed("FulfillProof")).hasSize(1);
    assertThat(onlyRequest().path("fulfillmentStatus").asText()).isEqualTo("FULFILLED");
    // The client fetched the proof from the network.
    assertThat(network.journal())
        .anyMatch(
            line ->
                line.path("method").asText().equals("GET")
                    && line.path("outcome").asText().equals("200"));
  }

  @ParameterizedTest(name = "{0}: {1} {2}, {3}")
  @CsvSource({
    "BASE, 1, , FailExecution",
    "BASE, 0, --gas-limit, FailExecution",
    "AUCTION, 1, , FailFulfillment",
    "AUCTION, 0, --gas-limit, FailFulfillment"
  })
  void reportsAtOnceThatAProgramFails(Schema schema, int selector, String limit, String method)
      throws Exception {
    start(schema);
    String[] arguments = {
      "--elf", SdkClient.elf("misbehave").toString(), "--input", "u32:" + selector
    };
    if (limit != null) {
      arguments = concat(arguments, limit, "100");
    }

    SdkClient client = client(schema, concat(arguments, "--input", "text:secret"));

    assertThat(client.event("failed").path("kind").asText()).isEqualTo("unexecutable");
    await().until(() -> !network.committed(method).isEmpty());
    assertThat(network.committed(method)).hasSize(1);
    assertThat(network.violations()).isEmpty();
  }

  /** The network's store gives another program than the one whose hash was registered. */
  @ParameterizedTest
  @EnumSource
  void reportsThatAProgramIsNotTheOneThatWasRegistered(Schema schema) throws Exception {
    start(schema);
    Guest registered = Guest.of("sum-of-secrets");
    Guest given = Guest.of("fibonacci");
    try (var client = new WireClient(server.url(), Signer.ONE);
        var itself = new WireClient(network.url(), Signer.ONE)) {
      client.register(registered.vkHash(), Encodings.zstd(Encodings.program(given.elf())));
      String stdin = client.uploadStdin(Encodings.stdin(Encodings.u32(20)));
      ByteString id = client.request(client.networkBody(schema, registered.vkHash(), stdin));

      var end = client.awaitEnd(id);

      assertThat(end.getFulfillmentStatus()).isEqualTo(FulfillmentStatus.UNFULFILLABLE);
      assertThat(end.getExecutionStatus()).isEqualTo(ExecutionStatus.UNEXECUTED);
      await().until(() -> !network.committed("FailFulfillment").isEmpty());
      for (WireClient each : List.of(client, itself)) {
        assertThat(
                schema == Schema.BASE
                    ? each.baseTail(id).getError()
                    : each.auctionTail(id).getError())
            .isEqualTo(ProofRequestError.VERIFICATION_KEY_MISMATCH);
      }
    }
    assertThat(network.committed("FailFulfillment")).hasSize(1);
    assertThat(network.committed("FulfillProof")).isEmpty();
    assertThat(network.violations()).isEmpty();
  }

  @Test
  void doesNotWorkOnWhatIsSomebodyElses() throws Exception {
    start(Schema.BASE);
    network.fault("{\"method\":\"RequestProof\",\"kind\":\"assign-other\"}");

    SdkClient client = client(Schema.BASE, FIBONACCI);

    assertThat(client.event("failed").path("kind").asText()).isEqualTo("rpc-permissiondenied");
    assertThat(client.event("failed").path("error").asText())
        .contains("not to the fulfiller of this service", NetworkDouble.FULFILLER);
    assertThat(network.committed("FulfillProof")).isEmpty();
  }

  @Test
  void reportsFiftyThatFinishAtOnceUnderOneSigner() throws Exception {
    start(Schema.BASE);
    SdkClient client = client(Schema.BASE, concat(FIBONACCI, "--count", "50", "--concurrent"));

    assertThat(client.events("done")).as(client.output()).hasSize(50);
    assertThat(network.committed("FulfillProof")).hasSize(50);
    List<Long> nonces =
        network.committed("FulfillProof").stream().map(l -> l.path("nonce").asLong()).toList();
    for (int i = 1; i < nonces.size(); i++) {
      assertThat(nonces.get(i)).isEqualTo(nonces.get(i - 1) + 1);
    }
    assertThat(network.violations()).isEmpty();
  }

  @Test
  void takesProgramsFromS3AsWell() throws Exception {
    network = NetworkDouble.start(Schema.BASE, "--program-uris", "s3");
    server =
        network
            .inFrontOfIt(ProvingProcess.in(data).database(TestPostgres.freshDatabase()))
            .set("network.programs.s3-endpoint=" + network.url())
            .start();

    SdkClient client = client(Schema.BASE, FIBONACCI);

    assertThat(client.event("done").path("verified").asBoolean()).as(client.output()).isTrue();
  }

  /** The network does not tell where a private input lies, but the id says which it is. */
  @Test
  void aPrivateRequestWhoseAnswerIsLostIsMadeOnce() throws Exception {
    start(Schema.BASE);
    network.fault(
        """
        {"method":"RequestProof","kind":"code","code":"UNAVAILABLE","when":"after"}
        """);

    SdkClient client = client(Schema.BASE, concat(FIBONACCI, "--private-stdin"));

    assertThat(client.event("done").path("verified").asBoolean()).as(client.output()).isTrue();
    assertThat(network.committed("RequestProof")).hasSize(1);
    assertThat(network.violations()).isEmpty();
  }

  @Test
  void aSlowStoreOfProgramsKeepsNoDeviceBusy() throws Exception {
    network = NetworkDouble.start(Schema.BASE);
    server =
        network
            .inFrontOfIt(ProvingProcess.in(data).database(TestPostgres.freshDatabase()))
            .set("network.programs.idle-timeout=5m")
            .start();
    network.fault("{\"method\":\"GET\",\"kind\":\"hold\"}");
    SdkClient slow = client(Schema.BASE, concat(FIBONACCI, "--request-only"));
    String id = slow.event("requested").path("requestId").asText();
    await("its program is asked for").until(() -> !network.waiting().isEmpty());

    SdkClient other =
        client(
            Schema.BASE,
            "--elf",
            SdkClient.elf("sum-of-secrets").toString(),
            "--input",
            "u64s:1,2,3");
    assertThat(other.event("done").path("verified").asBoolean()).as(other.output()).isTrue();
    assertThat(network.committed("FulfillProof")).hasSize(1);

    network.release();
    SdkClient waiting = client(Schema.BASE, concat(FIBONACCI, "--wait", id));
    assertThat(waiting.event("done").path("verified").asBoolean()).as(waiting.output()).isTrue();
    assertThat(network.violations()).isEmpty();
  }

  @Test
  void aProgramThatTheStoreRefusesForAWhileIsFetchedAgain() throws Exception {
    start(Schema.BASE);
    network.fault("{\"method\":\"GET\",\"kind\":\"code\",\"code\":\"503\",\"times\":6}");

    SdkClient client = client(Schema.BASE, FIBONACCI);

    assertThat(client.event("done").path("verified").asBoolean()).as(client.output()).isTrue();
    assertThat(network.faultsLeft()).isEmpty();
    assertThat(network.committed("FailFulfillment")).isEmpty();
  }

  /** Its input is not here, and was never: another cluster may work on it under the same key. */
  @Test
  void failsWhatCameThroughItAndIsLostAndLeavesAloneWhatDidNot() throws Exception {
    network = NetworkDouble.start(Schema.BASE);
    startAt("fail-orphans=own");
    String ours = "https://prover.example/artifacts/" + UUID.randomUUID();
    String theirs = "https://elsewhere.example/artifacts/" + UUID.randomUUID();
    assign(theirs);
    assign(ours);

    awaitStatus(ours, "UNFULFILLABLE");
    assertThat(status(theirs)).isEqualTo("ASSIGNED");

    // For who knows that nobody else uses the key.
    server.close();
    startAt("fail-orphans=all");
    awaitStatus(theirs, "UNFULFILLABLE");
    assertThat(network.violations()).isEmpty();
  }

  private void startAt(String orphans) throws Exception {
    server =
        network
            .inFrontOfIt(ProvingProcess.in(data).database(TestPostgres.freshDatabase()))
            .set("gateway.public-url=https://prover.example")
            .set("network." + orphans)
            .start();
  }

  private void assign(String stdinUri) {
    network.post(
        "requests",
        """
        {"requester":"0x1a642f0e3c3af545e7acbd38b07251b3990914f1","vkHash":"0x%s",
         "stdinUri":"%s","deadline":%d}
        """
            .formatted("0a".repeat(32), stdinUri, System.currentTimeMillis() / 1000 + 3600));
  }

  private String status(String stdinUri) {
    return network
        .requests()
        .valueStream()
        .filter(request -> request.path("stdinUri").asText().equals(stdinUri))
        .map(request -> request.path("fulfillmentStatus").asText())
        .findFirst()
        .orElseThrow();
  }

  private void awaitStatus(String stdinUri, String status) {
    await("a round after the grace")
        .atMost(Duration.ofMinutes(1))
        .until(() -> status(stdinUri).equals(status));
  }

  @Test
  void tellsTheClientWhatSomebodyElseDidAtTheNetwork() throws Exception {
    network = NetworkDouble.start(Schema.BASE);
    server =
        network
            .inFrontOfIt(ProvingProcess.in(data).database(TestPostgres.freshDatabase()))
            .engine("cuda")
            .set("fulfiller.device=99")
            .start();
    SdkClient requested = client(Schema.BASE, concat(FIBONACCI, "--request-only"));
    String id = requested.event("requested").path("requestId").asText();

    network.post("close", "{\"requestId\":\"" + id + "\",\"status\":\"UNFULFILLABLE\"}");

    SdkClient waiting = client(Schema.BASE, concat(FIBONACCI, "--wait", id));
    assertThat(waiting.event("failed").path("kind").asText()).isEqualTo("unfulfillable");
    assertThat(network.committed("FailFulfillment")).isEmpty();
  }

  /** The network's own words, and its code, for what it has and for what it has not. */
  @Test
  void passesOnWhatItIsToldToAndNothingElse() throws Exception {
    start(Schema.BASE);
    try (var client = new WireClient(server.url(), Signer.ONE)) {
      client.nonce();
      assertThatThrownBy(
              () ->
                  client.call(
                      "GetProgram",
                      GetProgramRequest.newBuilder()
                          .setVkHash(ByteString.copyFrom(new byte[32]))
                          .build(),
                      GetProgramResponse.getDefaultInstance()))
          .hasMessageStartingWith("NOT_FOUND: program 0x00")
          .hasMessageEndingWith(" is not known");
      assertThatThrownBy(
              () ->
                  client.call(
                      "GetOwner",
                      GetOwnerRequest.getDefaultInstance(),
                      GetOwnerResponse.getDefaultInstance()))
          .hasMessageContaining("UNIMPLEMENTED: /network.ProverNetwork/GetOwner is not offered");
      // An input stays here.
      client.uploadStdin(Encodings.stdin(Encodings.u32(1)));
    }
    assertThat(network.journal())
        .extracting(line -> line.path("method").asText())
        .contains("GetNonce", "GetProgram")
        .doesNotContain("CreateArtifact", "PUT");
  }

  /** Who asks the network gets the same, so our own setting has no say. */
  @Test
  void listsWhatTheNetworkListsUnlessThatIsNotPassedOn() throws Exception {
    start(Schema.BASE);
    var all = GetFilteredProofRequestsRequest.getDefaultInstance();
    var example = GetFilteredProofRequestsResponse.getDefaultInstance();
    try (var client = new WireClient(server.url(), Signer.ONE)) {
      assertThat(client.call("GetFilteredProofRequests", all, example).getRequestsCount()).isZero();
    }
    server.close();
    server =
        network
            .inFrontOfIt(ProvingProcess.in(data).database(TestPostgres.freshDatabase()))
            .set("gateway.listing=by-requester")
            .set("network.forward=GetNonce")
            .start();

    try (var client = new WireClient(server.url(), Signer.ONE)) {
      assertThatThrownBy(() -> client.call("GetFilteredProofRequests", all, example))
          .hasMessageContaining("UNIMPLEMENTED")
          .hasMessageContaining("not offered");
    }
  }

  private static String[] concat(String[] first, String... second) {
    return Stream.concat(Stream.of(first), Stream.of(second)).toArray(String[]::new);
  }
}
