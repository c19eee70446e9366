package org.privateproving.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.privateproving.artifact.ArtifactId;
import org.privateproving.artifact.ArtifactStore.Download;
import org.privateproving.artifact.ArtifactStore.UploadOutcome;
import org.privateproving.wire.artifact.ArtifactType;
import org.privateproving.wire.artifact.CreateArtifactResponse;

class HttpEdgeTest {
  private static final byte[] NOTHING = new byte[0];

  private static RunningGateway gateway;

  @BeforeAll
  static void start() throws Exception {
    gateway = RunningGateway.start("");
  }

  @AfterAll
  static void stop() throws Exception {
    gateway.close();
  }

  @AfterEach
  void heal() {
    gateway.artifacts.outcome = null;
    gateway.checks = List.of();
  }

  @Test
  void takesAnUploadThatWasGrantedAsOftenAsItComes() throws Exception {
    CreateArtifactResponse grant = grant();
    byte[] stdin = new byte[20 * 1024 * 1024];
    Arrays.fill(stdin, (byte) 7);

    assertThat(gateway.http("PUT", grant.getArtifactPresignedUrl(), new byte[3]).statusCode())
        .isEqualTo(200);
    assertThat(gateway.http("PUT", grant.getArtifactPresignedUrl(), stdin).statusCode())
        .isEqualTo(200);
    ArtifactId id = new ArtifactUrls(gateway.url()).parse(grant.getArtifactUri()).orElseThrow();
    assertThat(gateway.artifacts.bytes.get(id)).isEqualTo(ByteString.fromArray(stdin));
  }

  @Test
  void anArtifactsIdentifierOpensNothing() throws Exception {
    CreateArtifactResponse grant = grant();
    gateway.http("PUT", grant.getArtifactPresignedUrl(), new byte[3]);

    for (String method : new String[] {"GET", "HEAD", "PUT", "DELETE"}) {
      assertThat(gateway.http(method, grant.getArtifactUri(), NOTHING).statusCode()).isEqualTo(404);
    }
    assertThat(text(gateway.get(grant.getArtifactUri()))).contains("no URL reads an input");
    assertThat(gateway.get(grant.getArtifactPresignedUrl()).statusCode()).isEqualTo(405);
  }

  @Test
  void answersARefusedUploadAfterReadingItToItsEnd() throws Exception {
    gateway.artifacts.outcome = new UploadOutcome.TooLarge(1000);

    HttpResponse<byte[]> response =
        gateway.http("PUT", grant().getArtifactPresignedUrl(), new byte[10 * 1024 * 1024]);

    assertThat(response.statusCode()).isEqualTo(413);
    assertThat(text(response)).contains("at most 1000 bytes");
  }

  @Test
  void answersAPutToNowhereAfterReadingItToItsEnd() throws Exception {
    byte[] large = new byte[10 * 1024 * 1024];

    assertThat(gateway.http("PUT", "/uploads/" + UUID.randomUUID() + "/x", large).statusCode())
        .isEqualTo(404);
    assertThat(gateway.http("PUT", "/uploads/x/x", large).statusCode()).isEqualTo(404);
    assertThat(gateway.http("PUT", "/", large).statusCode()).isEqualTo(404);
    assertThat(gateway.http("POST", "/health", large).statusCode()).isEqualTo(405);
  }

  @Test
  void aBusyStoreIsAnsweredWithWhatTheSdkTriesAgain() throws Exception {
    gateway.artifacts.outcome = new UploadOutcome.Busy();

    assertThat(gateway.http("PUT", grant().getArtifactPresignedUrl(), NOTHING).statusCode())
        .isEqualTo(504);
  }

  @Test
  void aProofIsFetchedByWhoeverKnowsItsUrl() throws Exception {
    ArtifactId id = new ArtifactId(UUID.randomUUID());
    byte[] proof = new byte[3 * 1024 * 1024];
    Arrays.fill(proof, (byte) 9);
    gateway.artifacts.proofs.put(
        id, new Download(proof.length, Source.single(ByteString.fromArray(proof))));
    String path = gateway.artifacts.proofPath(id);

    HttpResponse<byte[]> response = gateway.get(path);
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEqualTo(proof);
    assertThat(response.headers().firstValueAsLong("content-length")).hasValue(proof.length);
    assertThat(response.headers().firstValue("transfer-encoding")).isEmpty();
    assertThat(response.headers().firstValue("cache-control")).contains("no-store");

    HttpResponse<byte[]> head = gateway.http("HEAD", path, NOTHING);
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.headers().firstValueAsLong("content-length")).hasValue(proof.length);

    assertThat(gateway.get("/proofs/" + id + "/wrong").statusCode()).isEqualTo(404);
    assertThat(gateway.http("PUT", path, NOTHING).statusCode()).isEqualTo(405);
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /health, 200",
    "GET, /health/live, 200",
    "GET, /health/ready, 200",
    "HEAD, /health, 200",
    "GET, /health/other, 404",
    "POST, /health/live, 405",
    "GET, /, 404",
    "GET, /network.ProverNetwork/GetNonce, 404",
    "GET, /uploads, 404",
    "GET, /proofs/a/b/c, 404"
  })
  void everyPathHasAnAnswer(String method, String path, int status) throws Exception {
    assertThat(gateway.http(method, path, NOTHING).statusCode()).isEqualTo(status);
  }

  @Test
  void saysWhatKeepsItFromBeingReady() throws Exception {
    gateway.checks =
        List.of(
            new Readiness.Check("database", false, "no connection"),
            new Readiness.Check("cluster", true, "up"));

    HttpResponse<byte[]> response = gateway.get("/health/ready");

    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(text(response))
        .isEqualTo(
            "{\"status\":\"not ready\",\"checks\":["
                + "{\"name\":\"database\",\"ready\":false,\"reason\":\"no connection\",\"vital\":true},"
                + "{\"name\":\"cluster\",\"ready\":true,\"reason\":\"up\",\"vital\":true}]}");
    assertThat(gateway.get("/health/live").statusCode()).isEqualTo(200);
  }

  @Test
  void staysReadyWhenWhatIsNotWellIsNotVital() throws Exception {
    gateway.checks =
        List.of(
            new Readiness.Check("database", true, "answers"),
            new Readiness.Check("network", false, "does not answer", false));

    HttpResponse<byte[]> response = gateway.get("/health/ready");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(text(response))
        .startsWith("{\"status\":\"degraded\"")
        .contains("{\"name\":\"network\",\"ready\":false");
  }

  private static CreateArtifactResponse grant() {
    return gateway.call(
        "artifact.ArtifactStore/CreateArtifact",
        Signer.ONE.createArtifact(ArtifactType.STDIN),
        CreateArtifactResponse.getDefaultInstance());
  }

  private static String text(HttpResponse<byte[]> response) {
    return new String(response.body(), StandardCharsets.UTF_8);
  }
}
