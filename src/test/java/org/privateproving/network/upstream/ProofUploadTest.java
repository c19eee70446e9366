package org.privateproving.network.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.read.ListAppender;
import ch.qos.logback.core.spi.FilterReply;
import com.google.protobuf.ByteString;
import io.grpc.Status;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.stream.javadsl.Source;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.privateproving.artifact.ArtifactId;
import org.privateproving.domain.Address;
import org.privateproving.domain.RequestId;
import org.privateproving.network.EthereumSignature;
import org.privateproving.network.NetworkRefusal;
import org.privateproving.wire.network.SignedRequest;
import org.privateproving.wire.network.SignedResponse;
import org.slf4j.LoggerFactory;

class ProofUploadTest {
  private static final RequestId ID = new RequestId("1d".repeat(32));
  private static final Address OWNER = new Address("0a".repeat(20));
  private static final String METHOD = "FulfillProof";

  private ProgramFixture fixture;
  private ScriptedNetwork network;

  @BeforeEach
  void start() throws Exception {
    fixture = new ProgramFixture();
    network = new ScriptedNetwork();
  }

  @AfterEach
  void stop() throws Exception {
    network.close();
    fixture.close();
  }

  private ProofUpload upload(URI url) {
    ActorSystem<?> system = Adapter.toTyped(fixture.system);
    return new ProofUpload(system, fixture.store, url, Duration.ofSeconds(10));
  }

  private ArtifactId stored(Source<org.apache.pekko.util.ByteString, ?> proof) throws Exception {
    return get(proof.runWith(
            fixture.store.storeProof(OWNER, ID.hex(), 1L << 30), fixture.materializer))
        .id();
  }

  private static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  private static org.apache.pekko.util.ByteString bytes(int size) {
    byte[] bytes = new byte[size];
    Arrays.fill(bytes, (byte) 0x5a);
    return org.apache.pekko.util.ByteString.fromArrayUnsafe(bytes);
  }

  @Test
  void sendsTheProofSignedAsAWhole() throws Exception {
    int size = 3_000_000;
    ArtifactId proof = stored(Source.single(bytes(size)));
    network.on(
        METHOD,
        _ ->
            SignedResponse.newBuilder()
                .setTxHash(ByteString.copyFromUtf8("the transaction"))
                .build()
                .toByteArray());

    byte[] txHash =
        get(
            upload(network.url())
                .send(ProofMessage.of(7, ID, size, Optional.empty()), proof, NetworkKit.SIGNER));

    assertThat(txHash).asString().isEqualTo("the transaction");
    SignedRequest envelope = SignedRequest.parseFrom(network.received(METHOD).getFirst());
    byte[] body = envelope.getBody().toByteArray();
    assertThat(EthereumSignature.signer(body, envelope.getSignature().toByteArray()))
        .isEqualTo(NetworkKit.SIGNER.address());
  }

  @Test
  void tellsTheNetworksRefusal() throws Exception {
    ArtifactId proof = stored(Source.single(bytes(10)));
    network.on(
        METHOD,
        _ -> {
          throw ScriptedNetwork.refusal(
              Status.Code.FAILED_PRECONDITION, "closed already: 100% sure, 1+1");
        });

    assertThatThrownBy(
            () ->
                get(
                    upload(network.url())
                        .send(
                            ProofMessage.of(7, ID, 10, Optional.empty()),
                            proof,
                            NetworkKit.SIGNER)))
        .cause()
        .isInstanceOfSatisfying(
            NetworkRefusal.class,
            refusal -> {
              assertThat(refusal.code()).isEqualTo(Status.Code.FAILED_PRECONDITION);
              assertThat(refusal.status().getDescription())
                  .isEqualTo("closed already: 100% sure, 1+1");
            });
  }

  @Test
  void tellsThatNobodyIsThere() throws Exception {
    ArtifactId proof = stored(Source.single(bytes(10)));
    URI nobody = network.url();
    network.close();

    assertThatThrownBy(
            () ->
                get(
                    upload(nobody)
                        .send(
                            ProofMessage.of(7, ID, 10, Optional.empty()),
                            proof,
                            NetworkKit.SIGNER)))
        .cause()
        .isInstanceOfSatisfying(
            NetworkRefusal.class, refusal -> assertThat(refusal.isAmbiguous()).isTrue());
  }

  /** Every report would end with a line that looks like a defect. */
  @Test
  void endsTheConnectionWithoutAnErrorInTheLog() throws Exception {
    ArtifactId proof = stored(Source.single(bytes(10)));
    network.on(METHOD, _ -> SignedResponse.getDefaultInstance().toByteArray());
    var errors = new ListAppender<ILoggingEvent>();
    errors.addFilter(
        new Filter<>() {
          @Override
          public FilterReply decide(ILoggingEvent event) {
            return event.getLevel() == Level.ERROR ? FilterReply.ACCEPT : FilterReply.DENY;
          }
        });
    Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
    errors.start();
    root.addAppender(errors);
    try {
      get(
          upload(network.url())
              .send(ProofMessage.of(7, ID, 10, Optional.empty()), proof, NetworkKit.SIGNER));
      await("the connection to end").until(() -> network.connections() == 0);
      assertThat(errors.list).isEmpty();
    } finally {
      root.detachAppender(errors);
    }
  }
}
