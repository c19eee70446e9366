package org.privateproving.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.grpc.Metadata;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.privateproving.domain.Schema;
import org.privateproving.gateway.Signer;

/**
 * In front of a network nothing private shows either, and least of all to the network: every byte
 * that it got is looked through, as {@link MarkerIT} looks through everything that is ours.
 */
class NetworkMarkerIT {
  private static final Map<Schema, Traces> TRACES = new EnumMap<>(Schema.class);
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
  private static final Metadata.Key<String> OF_A_PROXY =
      Metadata.Key.of("x-forwarded-for", Metadata.ASCII_STRING_MARSHALLER);

  @TempDir private static Path folder;

  /**
   * What was left of a server's life in front of a network.
   *
   * @param secrets what nobody may see
   * @param published what a program published, and so belongs into its proof
   * @param proofUrls what opens a proof at the network, for whoever asks for the status
   * @param url of the server
   * @param seen secrets in command lines, environments and temporary files
   */
  private record Traces(
      Path folder,
      Secrets secrets,
      Secrets published,
      Secrets proofUrls,
      String url,
      String answers,
      String log,
      String tables,
      Set<String> seen,
      JsonNode requests,
      List<JsonNode> violations) {

    static Traces of(Schema schema, Path folder) throws Exception {
      Files.createDirectories(folder);
      try (NetworkDouble network =
          NetworkDouble.start(schema, "--keep-bytes", folder.resolve("received").toString())) {
        return of(schema, folder, network);
      }
    }

    private static Traces of(Schema schema, Path folder, NetworkDouble network) throws Exception {
      String marker = secret("marker");
      String published = secret("published");
      String token = secret("token");
      byte[] numbers = UUID.randomUUID().toString().substring(0, 16).getBytes(UTF_8);
      var secrets =
          new Secrets()
              .add("the marker", marker)
              .add("the numbers", numbers)
              .add("the client's token", token);
      var proofUrls = new Secrets();
      Path temporary = Files.createDirectories(folder.resolve("temporary"));
      Path data = folder.resolve("data");
      URI management = URI.create("http://127.0.0.1:" + freePort() + "/");
      try (ProvingProcess process =
          network
              .inFrontOfIt(ProvingProcess.in(data))
              .managementPort(management.getPort())
              .environment("TMPDIR", temporary.toString())
              .jvm("-Djava.io.tmpdir=" + temporary)
              .set("log-level=trace")
              // The wire client does not repeat a call, as the SDK would on a busy machine.
              .set("requests.ask-timeout=30s")
              .start()) {
        secrets
            .add("the cluster key", HexFormat.of().parseHex(text(data.resolve("cluster.key"))))
            .add("the database's password", text(EmbeddedDatabase.passwordFile(data)));
        var processes = List.of(process.handle(), EmbeddedDatabase.process(data));
        String answers;
        Set<String> seen;
        try (var watch = new ProcessWatch(processes, temporary, secrets);
            var client = new WireClient(process.url(), Signer.ONE, headers(token))) {
          var traffic =
              new MarkedTraffic(
                  client,
                  (vkHash, stdin) -> client.networkBody(schema, vkHash, stdin),
                  secrets,
                  proofUrls);
          use(client, traffic, marker, published, numbers);
          traffic.brokenOff(EmbeddedDatabase.of(data), marker);
          traffic.notEvenHttp();
          traffic.operatorsLookIn(management);
          answers = traffic.answers();
          seen = watch.found();
        }
        String tables = EmbeddedDatabase.dump(EmbeddedDatabase.of(data));
        String url = process.url().toString();
        process.stop();
        return new Traces(
            folder,
            // Only now: the environment of our own process has it.
            secrets.add("the fulfiller's key", NetworkDouble.FULFILLER_KEY),
            new Secrets().add("what is published", published),
            proofUrls,
            url,
            answers,
            process.log(),
            tables,
            seen,
            network.requests(),
            network.violations());
      }
    }

    private static void use(
        WireClient client, MarkedTraffic traffic, String marker, String published, byte[] numbers)
        throws Exception {
      Guest fibonacci = Guest.of("fibonacci");
      Guest misbehave = Guest.of("misbehave");
      Guest sum = Guest.of("sum-of-secrets");
      client.register(fibonacci);
      client.register(misbehave);
      client.register(sum);
      ByteBuffer pair = ByteBuffer.wrap(numbers).order(ByteOrder.LITTLE_ENDIAN);
      byte[] secret = Encodings.bytes(marker);
      traffic.fulfilled(fibonacci, Encodings.stdin(Encodings.u32(20), secret));
      traffic.fulfilled(
          sum, Encodings.zstd(Encodings.stdin(Encodings.u64s(pair.getLong(), pair.getLong()))));
      traffic.fulfilled(misbehave, Encodings.stdin(Encodings.u32(2), secret));
      traffic.fulfilled(misbehave, Encodings.stdin(Encodings.u32(10), Encodings.bytes(published)));
      // Panics with it, exits with it, and reads more than there is.
      for (int how : new int[] {1, 3, 9}) {
        traffic.end(misbehave, Encodings.stdin(Encodings.u32(how), secret));
      }
      traffic.end(fibonacci, marker.getBytes(UTF_8));
      traffic.end(fibonacci, Encodings.zstd(marker.getBytes(UTF_8)));
      traffic.refused(fibonacci, Encodings.stdin(secret));
    }

    private static String text(Path file) throws Exception {
      return Files.readString(file).strip();
    }

    private static int freePort() throws Exception {
      try (ServerSocket free = new ServerSocket(0)) {
        return free.getLocalPort();
      }
    }

    Received received() {
      return new Received(folder.resolve("received"));
    }

    Path data() {
      return folder.resolve("data");
    }

    /** The files that are there to hold a secret. */
    Set<Path> known() {
      return Set.of(data().resolve("cluster.key"), EmbeddedDatabase.passwordFile(data()));
    }
  }

  private static String secret(String name) {
    return name + "-" + UUID.randomUUID().toString().substring(0, 18);
  }

  private static Metadata headers(String token) {
    var headers = new Metadata();
    headers.put(AUTHORIZATION, "Bearer " + token);
    headers.put(OF_A_PROXY, token);
    return headers;
  }

  @BeforeAll
  static void usesAServerInFrontOfEachNetwork() throws Exception {
    for (Schema schema : Schema.values()) {
      TRACES.put(schema, Traces.of(schema, folder.resolve(schema.name())));
    }
  }

  private static Traces traces(Schema schema) {
    return TRACES.get(schema);
  }

  // The search.

  @Test
  void theSearchFindsWhatIsThere(@TempDir Path planted) throws Exception {
    Secrets secrets = new Secrets().add("it", "sesame-open");
    byte[] it = "before sesame-open after".getBytes(UTF_8);
    byte[] packed = Encodings.zstd(it);
    Files.write(planted.resolve("1.raw"), it);
    Files.writeString(planted.resolve("2.hex"), "x" + HexFormat.of().formatHex(it));
    Files.writeString(planted.resolve("3.base64"), "y" + Base64.getEncoder().encodeToString(it));
    // In the middle of a message, twice packed, and cut short.
    byte[] noMagic = {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd, 1};
    Files.write(
        planted.resolve("4.zstd"),
        Encodings.concat(noMagic, Encodings.concat(Encodings.zstd(packed), it.clone())));
    Files.write(planted.resolve("5.other"), "sesame-shut".getBytes(UTF_8));

    assertThat(new Received(planted).withAnyOf(secrets))
        .containsExactlyInAnyOrder("it in 1.raw", "it in 2.hex", "it in 3.base64", "it in 4.zstd");
  }

  /** The strings of a program reach the network, and only in zstd. */
  @ParameterizedTest
  @EnumSource
  void theSearchTakesOffZstd(Schema schema) throws Exception {
    Secrets ofTheProgram = new Secrets().form("a string", "the secret is ");

    assertThat(traces(schema).received().withAnyOfAsItCame(ofTheProgram)).isEmpty();
    assertThat(traces(schema).received().withAnyOf(ofTheProgram))
        .singleElement()
        .asString()
        .endsWith("-PUT.body");
  }

  // What the network got.

  @ParameterizedTest
  @EnumSource
  void theNetworkGetsNothingPrivate(Schema schema) throws Exception {
    assertThat(traces(schema).received().withAnyOf(traces(schema).secrets())).isEmpty();
    assertThat(traces(schema).violations()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void theNetworkGetsWhatAProgramPublishesInItsProof(Schema schema) throws Exception {
    assertThat(traces(schema).received().withAnyOf(traces(schema).published()))
        .singleElement()
        .asString()
        .endsWith("-FulfillProof.body");
  }

  @ParameterizedTest
  @EnumSource
  void theNetworkGetsNoUrlOfOursButThoseThatOnlyName(Schema schema) throws Exception {
    Set<String> uris = new TreeSet<>();
    traces(schema).requests().forEach(request -> uris.add(request.path("stdinUri").asText()));

    assertThat(uris)
        .hasSize(9)
        .allMatch(uri -> uri.startsWith(traces(schema).url() + "/artifacts/"));
    assertThat(traces(schema).received().strings(traces(schema).url()))
        .containsAll(uris)
        // That of the request which the network refused.
        .hasSize(uris.size() + 1)
        .allMatch(uri -> uri.matches("http://127\\.0\\.0\\.1:\\d+/artifacts/[0-9a-f-]{36}"));
  }

  @ParameterizedTest
  @EnumSource
  void theNetworkHearsWhyAProgramFailedInNamesOnly(Schema schema) {
    List<JsonNode> failed =
        StreamSupport.stream(traces(schema).requests().spliterator(), false)
            .filter(request -> !request.path("fulfillmentStatus").asText().equals("FULFILLED"))
            .toList();

    assertThat(failed).hasSize(5);
    for (JsonNode request : failed) {
      if (schema == Schema.AUCTION) {
        assertThat(request.path("errorTrace").asText()).matches("\\{\"cause\":\"[A-Z_]+\"}");
      } else {
        assertThat(request.path("executionStatus").asText()).isEqualTo("UNEXECUTABLE");
      }
    }
  }

  /** Also shows that a header would have been found. */
  @Test
  void aTokenGoesAlongIfTheOperatorWantsThat(@TempDir Path data) throws Exception {
    String token = secret("token");
    Path kept = data.resolve("received");
    try (NetworkDouble network = NetworkDouble.start(Schema.BASE, "--keep-bytes", kept.toString());
        ProvingProcess process =
            network
                .inFrontOfIt(ProvingProcess.in(data.resolve("data")))
                .set("network.forward-authorization=true")
                .start();
        var client = new WireClient(process.url(), Signer.ONE, headers(token))) {
      client.nonce();

      assertThat(new Received(kept).withAnyOf(new Secrets().add("the token", token)))
          .singleElement()
          .asString()
          .endsWith("-GetNonce.head");
      assertThat(new Received(kept).withAnyOf(new Secrets().form("a header", "x-forwarded-for")))
          .isEmpty();
    }
  }

  // What is ours.

  @ParameterizedTest
  @EnumSource
  void nothingIsPrintedStoredOrTold(Schema schema) throws Exception {
    Traces traces = traces(schema);
    assertThat(traces.log()).contains("ready: ", "DEBUG", "In front of the prover network");
    assertThat(traces.tables()).contains("event_journal (", "admission (");
    for (Secrets secrets : List.of(traces.secrets(), traces.published(), traces.proofUrls())) {
      assertThat(secrets.in(traces.log())).isEmpty();
      assertThat(secrets.in(traces.tables())).isEmpty();
      assertThat(secrets.in(traces.answers())).isEmpty();
      assertThat(secrets.under(List.of(traces.data()), traces.known())).isEmpty();
      assertThat(secrets.under(List.of(traces.folder().resolve("temporary")), Set.of())).isEmpty();
    }
    assertThat(traces.seen()).isEmpty();
  }

  /** Whoever asked for the status fetched the proofs with them, and nobody else said them. */
  @ParameterizedTest
  @EnumSource
  void whatOpensAProofGoesToItsClientAndToNobodyElse(Schema schema) throws Exception {
    assertThat(traces(schema).received().withAnyOf(traces(schema).proofUrls()))
        .hasSize(4)
        .allMatch(line -> line.endsWith("-GET.head"));
  }
}
