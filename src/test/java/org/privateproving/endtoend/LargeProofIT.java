package org.privateproving.endtoend;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.HexFormat;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.SystemMaterializer;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.Test;
import org.privateproving.artifact.ArtifactInfo;
import org.privateproving.artifact.ArtifactSettings;
import org.privateproving.artifact.ArtifactStore;
import org.privateproving.artifact.ClusterKey;
import org.privateproving.database.Database;
import org.privateproving.database.DatabaseSettings;
import org.privateproving.database.TestPostgres;
import org.privateproving.domain.Address;
import org.privateproving.domain.RequestId;
import org.privateproving.domain.Schema;
import org.privateproving.network.ProverNetwork.ReportOutcome;
import org.privateproving.network.ProverNetwork.Result;
import org.privateproving.network.upstream.ProgramFetcher;
import org.privateproving.network.upstream.ProgramSettings;
import org.privateproving.network.upstream.UpstreamNetwork;
import org.privateproving.network.upstream.UpstreamSettings;

/** Core proofs have hundreds of megabytes, and go to the network in one message. */
class LargeProofIT {
  private static final int PIECE = 1 << 16;
  private static final long PUBLISHED = 300L << 20;

  @Test
  void aProofOf300MegabytesIsReportedOutOfAHeapOf64() throws Exception {
    DatabaseSettings database = TestPostgres.freshDatabase();
    try (NetworkDouble network =
        NetworkDouble.start(
            Schema.BASE, "--max-message-bytes", Long.toString(PUBLISHED + (1 << 20)))) {
      String id = assigned(network);
      Process process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx64m",
                  "-XX:MaxDirectMemorySize=64m",
                  "--sun-misc-unsafe-memory-access=allow",
                  "--enable-native-access=ALL-UNNAMED",
                  "-cp",
                  System.getProperty("java.class.path"),
                  SmallProcess.class.getName(),
                  database.url(),
                  database.user(),
                  database.password(),
                  network.url().toString(),
                  id)
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      String said;
      try {
        said = new String(process.getInputStream().readAllBytes(), US_ASCII);
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
      } finally {
        process.destroyForcibly();
      }

      assertThat(process.exitValue()).as(said).isZero();
      // That the signature is the fulfiller's is looked at by the network, which took it.
      assertThat(network.committed("FulfillProof"))
          .singleElement()
          .satisfies(
              line -> {
                assertThat(line.path("signer").asText()).isEqualTo(NetworkDouble.FULFILLER);
                assertThat(line.path("sizes").path("proof").asLong()).isGreaterThan(PUBLISHED);
                assertThat(said).startsWith(line.path("sha256").path("proof").asText());
              });
      assertThat(network.violations()).isEmpty();
      JsonNode request = network.requests().get(0);
      assertThat(request.path("fulfillmentStatus").asText()).isEqualTo("FULFILLED");
    }
  }

  private static String assigned(NetworkDouble network) {
    return network
        .post(
            "requests",
            """
            {"requester":"0x%s","vkHash":"0x%s","stdinUri":"https://here.example/1","deadline":%d}
            """
                .formatted(
                    "0a".repeat(20), "0b".repeat(32), System.currentTimeMillis() / 1000 + 3600))
        .path("requestId")
        .asText()
        .substring(2);
  }

  /** Stores a proof, reports it, and prints its digest. */
  static final class SmallProcess {
    private static final Address OWNER = new Address("0a".repeat(20));

    public static void main(String[] args) throws Exception {
      Config config =
          ConfigFactory.parseMap(
                  Map.of(
                      "pekko.actor.provider",
                      "local",
                      "private-proving.data",
                      "/unused",
                      "private-proving.network.rpc-url",
                      args[3],
                      "private-proving.network.fulfiller-key",
                      NetworkDouble.FULFILLER_KEY))
              .withFallback(ConfigFactory.load())
              .resolve();
      ActorSystem<?> system = ActorSystem.create(Behaviors.empty(), "small", config);
      try (var database = Database.open(new DatabaseSettings(args[0], args[1], args[2], 2, 100))) {
        report(system, config, database, new RequestId(args[4]));
      }
      system.terminate();
    }

    private static void report(
        ActorSystem<?> system, Config config, Database database, RequestId id) throws Exception {
      Materializer materializer = SystemMaterializer.get(system).materializer();
      var random = new SecureRandom();
      ArtifactStore store =
          ArtifactStore.inPostgres(
              database,
              ClusterKey.inMemory(random),
              ArtifactSettings.from(config),
              Clock.systemUTC(),
              random,
              materializer);
      var digest = MessageDigest.getInstance("SHA-256");
      ArtifactInfo proof =
          get(
              proof()
                  .map(
                      piece -> {
                        digest.update(piece.toArrayUnsafe());
                        return piece;
                      })
                  .runWith(store.storeProof(OWNER, id.hex(), 1L << 30), materializer));
      try (var programs = new ProgramFetcher(store, ProgramSettings.from(config), system);
          var network =
              new UpstreamNetwork(
                  system,
                  UpstreamSettings.from(config),
                  database,
                  store,
                  programs,
                  Clock.systemUTC())) {
        ReportOutcome outcome = get(network.report(id, new Result.Proof(proof.id(), proof.size())));
        if (!(outcome instanceof ReportOutcome.Taken)) {
          throw new IllegalStateException("not taken: " + outcome);
        }
      }
      System.out.println(HexFormat.of().formatHex(digest.digest()));
    }

    private static <T> T get(CompletionStage<T> stage) throws Exception {
      return stage.toCompletableFuture().get(2, TimeUnit.MINUTES);
    }

    /** In the SDK's encoding: a core proof of no shards, and much that it publishes. */
    private static Source<ByteString, NotUsed> proof() throws IOException {
      byte[] version = "v6.1.0".getBytes(US_ASCII);
      byte[] head =
          Encodings.concat(
              Encodings.concat(Encodings.u32(0), Encodings.u64(0)), Encodings.u64(PUBLISHED));
      byte[] tail = Encodings.concat(Encodings.u64(version.length), version);
      var noise = new SplittableRandom(1);
      return Source.single(ByteString.fromArrayUnsafe(head))
          .concat(
              Source.range(1, (int) (PUBLISHED / PIECE))
                  .map(
                      _ -> {
                        byte[] piece = new byte[PIECE];
                        noise.nextBytes(piece);
                        return ByteString.fromArrayUnsafe(piece);
                      }))
          .concat(Source.single(ByteString.fromArrayUnsafe(tail)));
    }
  }
}
