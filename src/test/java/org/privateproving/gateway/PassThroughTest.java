package org.privateproving.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.privateproving.network.upstream.ScriptedNetwork.refusal;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.grpc.CallOptions;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.stream.SystemMaterializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.privateproving.database.Database;
import org.privateproving.network.Methods;
import org.privateproving.network.ProverNetwork;
import org.privateproving.network.upstream.ProgramFetcher;
import org.privateproving.network.upstream.ProgramSettings;
import org.privateproving.network.upstream.ScriptedNetwork;
import org.privateproving.network.upstream.UpstreamNetwork;
import org.privateproving.network.upstream.UpstreamSettings;
import org.privateproving.wire.artifact.ArtifactType;
import org.privateproving.wire.artifact.CreateArtifactRequest;
import org.privateproving.wire.artifact.CreateArtifactResponse;
import org.privateproving.wire.network.CreateProgramRequestBody;
import org.privateproving.wire.network.GetProofRequestStatusRequest;

/** A gateway in front of a network that others run: what it passes on, and what it keeps. */
class PassThroughTest {
  private static final String NONCE = Methods.network("GetNonce");
  private static final String CREATE_PROGRAM = Methods.network("CreateProgram");
  private static final Metadata.Key<String> AUTHORIZATION = header("authorization");

  /** No message of any schema, and not in the order of its tags: kept as it is all the same. */
  private static final byte[] BYTES = {(byte) 0xfa, 1, 2, 7, 0, 0x0a, 1, 1, 0x08, 0x01};

  private ScriptedNetwork network;
  private @Nullable RunningGateway gateway;
  private @Nullable UpstreamNetwork upstream;
  private @Nullable ProgramFetcher programs;

  @BeforeEach
  void start() throws Exception {
    network = new ScriptedNetwork();
  }

  @AfterEach
  void stop() throws Exception {
    if (upstream != null) {
      upstream.close();
    }
    if (programs != null) {
      programs.close();
    }
    if (gateway != null) {
      gateway.close();
    }
    network.close();
  }

  private RunningGateway gateway() throws Exception {
    return gateway("", "");
  }

  /**
   * @param block lines for {@code private-proving.network}
   * @param ours lines for {@code private-proving.gateway}
   */
  private RunningGateway gateway(String block, String ours) throws Exception {
    Config config =
        ConfigFactory.parseString(
                """
                private-proving.network {
                  rpc-url = "%s"
                  fulfiller-key = "%s"
                  %s
                }
                """
                    .formatted(network.url(), "02".repeat(32), block))
            .withFallback(ConfigFactory.load());
    gateway = RunningGateway.start(ours, system -> upstream(system, config));
    return gateway;
  }

  private ProverNetwork upstream(ActorSystem<?> system, Config config) {
    var artifacts = new MemoryArtifacts(SystemMaterializer.get(system).materializer());
    programs = new ProgramFetcher(artifacts, ProgramSettings.from(config), system);
    upstream =
        new UpstreamNetwork(
            system,
            UpstreamSettings.from(config),
            new NoDatabase(),
            artifacts,
            programs,
            Clock.systemUTC());
    return upstream;
  }

  /** What is passed through leaves no trace here. */
  private static final class NoDatabase implements Database {
    @Override
    public <T extends @Nullable Object> CompletionStage<T> transact(Work<T> work) {
      throw new AssertionError("nothing is kept");
    }

    @Override
    public <T extends @Nullable Object> T transactBlocking(Work<T> work) throws SQLException {
      throw new AssertionError("nothing is kept");
    }

    @Override
    public void close() {}
  }

  private static Metadata.Key<String> header(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }

  private static byte[] call(RunningGateway gateway, String path, byte[] message) {
    return gateway.callRaw(path, message, new Metadata(), CallOptions.DEFAULT);
  }

  private static Status refused(RunningGateway gateway, String path, byte[] message) {
    return catchThrowableOfType(StatusRuntimeException.class, () -> call(gateway, path, message))
        .getStatus();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GetNonce",
        "GetProgram",
        "GetBalance",
        "GetFilteredProofRequests",
        "GetProofRequestParams",
        "GetProversByUptime",
        "GetMarketPricePerPgu"
      })
  void bytesGoBothWaysAsTheyAre(String method) throws Exception {
    network.on(method, message -> new byte[] {9, 9, message[0], 0});

    assertThat(call(gateway(), Methods.network(method), BYTES)).containsExactly(9, 9, BYTES[0], 0);
    assertThat(network.received(method)).containsExactly(BYTES);
  }

  @Test
  void emptyBytesToo() throws Exception {
    network.on("GetMarketPricePerPgu", _ -> new byte[0]);

    assertThat(call(gateway(), Methods.network("GetMarketPricePerPgu"), new byte[0])).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(value = Status.Code.class, mode = EnumSource.Mode.EXCLUDE, names = "OK")
  void theNetworksCodeAndMessageReachTheClient(Status.Code code) throws Exception {
    String message = "balance: 5 % of it is gone; naïve\nsays the network";
    network.on(
        "GetNonce",
        _ -> {
          throw refusal(code, message);
        });

    Status status = refused(gateway(), NONCE, BYTES);

    assertThat(status.getCode()).isEqualTo(code);
    assertThat(status.getDescription()).isEqualTo(message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/network.ProverNetwork/FulfillProof",
        "/network.ProverNetwork/FailFulfillment",
        "/network.ProverNetwork/ExecuteProof",
        "/network.ProverNetwork/GetStdinUri",
        "/network.ProverNetwork/TakeNextProofRequest",
        "/network.ProverNetwork/getnonce",
        "/network.ProverNetwork/GetNonce/",
        "/another.ProverNetwork/GetNonce"
      })
  void whatIsNotOnTheListIsNotOffered(String path) throws Exception {
    Status status = refused(gateway(), path, BYTES);

    assertThat(status.getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
    assertThat(status.getDescription()).contains("not offered by this service");
    assertThat(network.calls()).isZero();
  }

  @Test
  void theListIsTheOperators() throws Exception {
    network.on("Ask", message -> message);
    RunningGateway gateway = gateway("forward = [\"other.Service/Ask\"]", "");

    assertThat(call(gateway, "/other.Service/Ask", BYTES)).isEqualTo(BYTES);
    assertThat(refused(gateway, NONCE, BYTES).getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "RequestProof",
        "GetProofRequestStatus",
        "GetProofRequestDetails",
        "CancelRequest"
      })
  void whatIsAboutRequestsIsAnsweredHereWhateverTheListSays(String method) throws Exception {
    byte[] message =
        GetProofRequestStatusRequest.newBuilder()
            .setRequestId(Vectors.bytes(1, 32))
            .build()
            .toByteArray();

    refused(gateway("forward = [\"" + method + "\"]", ""), Methods.network(method), message);

    assertThat(network.calls()).isZero();
  }

  // Headers.

  private static Metadata headers() {
    Metadata headers = new Metadata();
    headers.put(AUTHORIZATION, "Bearer of-a-client");
    headers.put(header("x-custom"), "of-a-client");
    headers.put(header("cookie"), "of-a-client");
    return headers;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void onlyTheAuthorizationGoesAlongAndOnlyIfTheOperatorWantsIt(boolean wanted) throws Exception {
    network.on("GetNonce", message -> message);
    RunningGateway gateway = gateway("forward-authorization = " + wanted, "");

    gateway.callRaw(NONCE, BYTES, headers(), CallOptions.DEFAULT);

    Metadata seen = network.headers("GetNonce").getFirst();
    assertThat(seen.get(AUTHORIZATION)).isEqualTo(wanted ? "Bearer of-a-client" : null);
    assertThat(seen.get(header("x-custom"))).isNull();
    assertThat(seen.get(header("cookie"))).isNull();
  }

  @Test
  void noAuthorizationIsMadeUp() throws Exception {
    network.on("GetNonce", message -> message);

    call(gateway("forward-authorization = true", ""), NONCE, BYTES);

    assertThat(network.headers("GetNonce").getFirst().get(AUTHORIZATION)).isNull();
  }

  // Bounds.

  @Test
  void aMessageBeyondTheBoundStaysHere() throws Exception {
    network.on("GetNonce", _ -> new byte[] {1});
    RunningGateway gateway = gateway("", "max-message-size = 64KiB");

    assertThat(call(gateway, NONCE, new byte[64 * 1024])).containsExactly(1);
    assertThat(refused(gateway, NONCE, new byte[64 * 1024 + 1]).getCode())
        .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(network.calls()).isEqualTo(1);
  }

  @Test
  void aNetworkThatDoesNotAnswerIsNotWaitedForBeyondTheTimeOfACall() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    network.on(
        "GetNonce",
        message -> {
          over.await(20, TimeUnit.SECONDS);
          return message;
        });
    long began = System.nanoTime();

    Status status = refused(gateway("call-timeout = 200ms", ""), NONCE, BYTES);
    over.countDown();

    // The SDK comes again.
    assertThat(status.getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(15));
  }

  @Test
  void aNetworkThatIsAwayIsToBeTriedAgain() throws Exception {
    RunningGateway gateway = gateway("breaker { max-failures = 2, pause = 1m }", "");
    network.close();

    for (int i = 0; i < 4; i++) {
      assertThat(refused(gateway, NONCE, BYTES).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    }
    assertThat(refused(gateway, NONCE, BYTES).getDescription()).contains("does not answer");
  }

  // What must be signed.

  private static byte[] program(Signer signer) {
    return signer
        .envelope(CreateProgramRequestBody.newBuilder().setVkHash(Vectors.bytes(1, 32)).build())
        .toByteArray();
  }

  private static byte[] artifact(Signer signer, ArtifactType type) {
    return signer.createArtifact(type).toByteArray();
  }

  private static String allowOne() {
    return "allowed-requesters = [\"" + Signer.ONE.address() + "\"]";
  }

  @Test
  void aProgramOfARequesterOfOursIsPassedOnAsItIs() throws Exception {
    network.on("CreateProgram", _ -> BYTES).on("CreateArtifact", _ -> BYTES);
    RunningGateway gateway = gateway("", allowOne());

    byte[] program = program(Signer.ONE);
    assertThat(call(gateway, CREATE_PROGRAM, program)).isEqualTo(BYTES);
    assertThat(network.received("CreateProgram")).containsExactly(program);

    byte[] artifact = artifact(Signer.ONE, ArtifactType.PROGRAM);
    assertThat(call(gateway, Methods.CREATE_ARTIFACT, artifact)).isEqualTo(BYTES);
    assertThat(network.received("CreateArtifact")).containsExactly(artifact);
  }

  @Test
  void aProgramOfAStrangerIsNot() throws Exception {
    RunningGateway gateway = gateway("", allowOne());

    assertThat(refused(gateway, CREATE_PROGRAM, program(Signer.THREE)).getCode())
        .isEqualTo(Status.Code.PERMISSION_DENIED);
    assertThat(
            refused(gateway, Methods.CREATE_ARTIFACT, artifact(Signer.THREE, ArtifactType.PROGRAM))
                .getCode())
        .isEqualTo(Status.Code.PERMISSION_DENIED);
    assertThat(network.calls()).isZero();
  }

  @Test
  void norIsOneThatNobodySigned() throws Exception {
    RunningGateway gateway = gateway();
    byte[] unsigned =
        CreateArtifactRequest.newBuilder()
            .setArtifactType(ArtifactType.PROGRAM)
            .build()
            .toByteArray();

    assertThat(refused(gateway, Methods.CREATE_ARTIFACT, unsigned).getCode())
        .isEqualTo(Status.Code.UNAUTHENTICATED);
    assertThat(refused(gateway, CREATE_PROGRAM, new byte[0]).getCode())
        .isIn(Status.Code.UNAUTHENTICATED, Status.Code.INVALID_ARGUMENT);
    assertThat(refused(gateway, CREATE_PROGRAM, new byte[] {0x0a, 0x7f}).getCode())
        .isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(network.calls()).isZero();
  }

  @ParameterizedTest
  @EnumSource(
      value = ArtifactType.class,
      names = {"STDIN", "PRIVATE_STDIN"})
  void anInputIsUploadedHereWhateverTheListSays(ArtifactType type) throws Exception {
    network.on("CreateArtifact", _ -> BYTES);
    RunningGateway gateway = gateway("forward = [\"artifact.ArtifactStore/CreateArtifact\"]", "");

    CreateArtifactResponse grant =
        CreateArtifactResponse.parseFrom(
            call(gateway, Methods.CREATE_ARTIFACT, artifact(Signer.ONE, type)));

    assertThat(grant.getArtifactPresignedUrl()).startsWith(gateway.url());
    assertThat(network.calls()).isZero();
  }

  @ParameterizedTest
  @EnumSource(
      value = ArtifactType.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"PROGRAM", "STDIN", "PRIVATE_STDIN", "UNRECOGNIZED"})
  void noOtherArtifactIsPassedOn(ArtifactType type) throws Exception {
    assertThat(refused(gateway(), Methods.CREATE_ARTIFACT, artifact(Signer.ONE, type)).getCode())
        .isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(network.calls()).isZero();
  }
}
