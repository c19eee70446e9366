package org.privateproving.network.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.privateproving.network.upstream.NetworkKit.get;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.stream.javadsl.Source;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.privateproving.artifact.ArtifactId;
import org.privateproving.domain.Address;
import org.privateproving.domain.FailureCause;
import org.privateproving.domain.Refusal;
import org.privateproving.domain.RequestId;
import org.privateproving.network.NetworkRefusal;
import org.privateproving.network.ProverNetwork.ReportOutcome;
import org.privateproving.network.ProverNetwork.Result;
import org.privateproving.network.ResultRefused;
import org.privateproving.wire.network.ExecutionStatus;
import org.privateproving.wire.network.FailExecutionRequestBody;
import org.privateproving.wire.network.FulfillmentStatus;
import org.privateproving.wire.network.GetNonceResponse;
import org.privateproving.wire.network.GetProofRequestStatusRequest;
import org.privateproving.wire.network.GetProofRequestStatusResponse;
import org.privateproving.wire.network.SignedRequest;
import org.privateproving.wire.network.SignedResponse;

/** Against a network that takes exactly the next nonce, and each request's result once. */
class ReportsTest {
  private static final Address OWNER = new Address("0a".repeat(20));
  private static final int SIZE = 100;
  private static final Result FAILURE = new Result.Failure(FailureCause.EXCEEDED_GAS_LIMIT);

  private static ProgramFixture fixture;
  private static ArtifactId proof;

  private final AtomicLong expected = new AtomicLong(5);
  private final Map<RequestId, String> taken = new ConcurrentHashMap<>();
  private final AtomicInteger violations = new AtomicInteger();
  private NetworkKit kit;
  private Reports reports;

  @BeforeAll
  static void open() throws Exception {
    fixture = new ProgramFixture();
    byte[] bytes = new byte[SIZE];
    Arrays.fill(bytes, (byte) 0x5a);
    proof =
        get(Source.single(org.apache.pekko.util.ByteString.fromArrayUnsafe(bytes))
                .runWith(
                    fixture.store.storeProof(OWNER, id(0).hex(), 1L << 30), fixture.materializer))
            .id();
  }

  @AfterAll
  static void close() throws Exception {
    fixture.close();
  }

  @BeforeEach
  void start() throws Exception {
    kit = new NetworkKit();
    ActorSystem<?> system = Adapter.toTyped(fixture.system);
    reports =
        new Reports(
            kit.client,
            new SignedSender(kit.client, NetworkKit.SIGNER, kit.materializer),
            new ProofUpload(system, fixture.store, kit.network.url(), Duration.ofSeconds(10)),
            NetworkKit.SIGNER,
            Clock.systemUTC());
    kit.network
        .on(
            "GetNonce",
            _ -> GetNonceResponse.newBuilder().setNonce(expected.get()).build().toByteArray())
        .on("GetProofRequestStatus", this::status)
        .on("FulfillProof", message -> take("FulfillProof", message))
        .on("FailExecution", message -> take("FailExecution", message));
  }

  @AfterEach
  void stop() {
    kit.close();
  }

  private static RequestId id(int number) {
    return new RequestId("%064x".formatted(number));
  }

  private static Result result(String method) {
    return method.equals("FulfillProof") ? new Result.Proof(proof, SIZE) : FAILURE;
  }

  private byte[] status(byte[] message) throws Exception {
    RequestId id =
        RequestId.of(GetProofRequestStatusRequest.parseFrom(message).getRequestId().toByteArray());
    var status =
        GetProofRequestStatusResponse.newBuilder()
            .setFulfillmentStatus(FulfillmentStatus.ASSIGNED)
            .setDeadline(Instant.now().plusSeconds(3600).getEpochSecond());
    switch (taken.getOrDefault(id, "")) {
      case "FulfillProof" -> status.setFulfillmentStatus(FulfillmentStatus.FULFILLED);
      case "FailExecution" -> status.setExecutionStatus(ExecutionStatus.UNEXECUTABLE);
      default -> {}
    }
    return status.build().toByteArray();
  }

  /** Takes a report, or refuses it, as a strict network does. */
  private byte[] take(String method, byte[] message) throws Exception {
    // The two bodies begin alike: nonce and request.
    var body = FailExecutionRequestBody.parseFrom(SignedRequest.parseFrom(message).getBody());
    if (!expected.compareAndSet(body.getNonce(), body.getNonce() + 1)) {
      throw ScriptedNetwork.refusal(Status.Code.ABORTED, "nonce: not the next");
    }
    String before = taken.put(RequestId.of(body.getRequestId().toByteArray()), method);
    if (before != null) {
      violations.incrementAndGet();
    }
    return SignedResponse.newBuilder()
        .setTxHash(ByteString.copyFrom(new byte[32]))
        .build()
        .toByteArray();
  }

  private void assertReportedOnce(String method) {
    assertThat(taken).containsExactly(Map.entry(id(1), method));
    assertThat(violations).hasValue(0);
    assertThat(kit.network.received(method)).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"FulfillProof", "FailExecution"})
  void whatIsDeliveredTwiceIsNotSentAgain(String method) throws Exception {
    kit.network.on(
        method,
        message -> {
          take(method, message);
          return take(method, message);
        });

    assertThat(get(reports.report(id(1), result(method)))).isInstanceOf(ReportOutcome.Taken.class);

    assertReportedOnce(method);
  }

  @ParameterizedTest(name = "{0}, {1}")
  @CsvSource({
    "FulfillProof, UNAVAILABLE",
    "FulfillProof, DEADLINE_EXCEEDED",
    "FulfillProof, PERMISSION_DENIED",
    "FailExecution, INTERNAL",
    "FailExecution, FAILED_PRECONDITION"
  })
  void aResultWhoseAnswerIsLostIsNotSentAgain(String method, Status.Code code) throws Exception {
    kit.network.on(
        method,
        message -> {
          take(method, message);
          throw ScriptedNetwork.refusal(code, "lost");
        });

    assertThatThrownBy(() -> get(reports.report(id(1), result(method))));
    assertThat(get(reports.report(id(1), result(method)))).isInstanceOf(ReportOutcome.Taken.class);

    assertReportedOnce(method);
  }

  /** Nobody can prove it again, so somebody must hear of it. */
  @Test
  void givesUpAProofThatIsNoLongerHere() throws Exception {
    var gone = new Result.Proof(new ArtifactId(UUID.randomUUID()), SIZE);

    assertThat(get(reports.report(id(1), gone)))
        .isEqualTo(new ReportOutcome.Rejected("the proof is no longer here"));
    assertThat(kit.network.received("FulfillProof")).isEmpty();
    // What comes next has its turn, and the next nonce.
    assertThat(get(reports.report(id(1), FAILURE))).isInstanceOf(ReportOutcome.Taken.class);
  }

  /** Such a message is taken when nobody waits for its answer any more, and others follow it. */
  @Test
  void aDeliveryThatComesLateIsTheOnlyOne() throws Exception {
    AtomicReference<byte[]> late = new AtomicReference<>(new byte[0]);
    kit.network.on(
        "FailExecution",
        message -> {
          late.set(message);
          throw ScriptedNetwork.refusal(Status.Code.DEADLINE_EXCEEDED, "on its way");
        });
    assertThatThrownBy(() -> get(reports.report(id(1), FAILURE)));
    // It arrives just after the look of the next attempt, which has seen nothing of it.
    kit.network
        .on("FailExecution", message -> take("FailExecution", message))
        .on(
            "GetProofRequestStatus",
            message -> {
              byte[] before = status(message);
              if (late.get().length > 0) {
                take("FailExecution", late.getAndSet(new byte[0]));
              }
              return before;
            });

    assertThat(get(reports.report(id(1), FAILURE))).isInstanceOf(ReportOutcome.Taken.class);

    assertThat(late.get()).as("what is still on its way").isEmpty();
    assertThat(taken).containsOnlyKeys(id(1));
    assertThat(violations).hasValue(0);
  }

  @Test
  void fiftyAtOnceGoOutUnderOneSequenceWithOneCallEachBesidesTheLook() throws Exception {
    List<CompletionStage<ReportOutcome>> all = new ArrayList<>();
    for (int i = 1; i <= 50; i++) {
      all.add(reports.report(id(i), result(i % 2 == 0 ? "FulfillProof" : "FailExecution")));
    }
    for (CompletionStage<ReportOutcome> one : all) {
      assertThat(get(one)).isInstanceOf(ReportOutcome.Taken.class);
    }

    assertThat(taken).hasSize(50);
    assertThat(violations).hasValue(0);
    assertThat(kit.network.received("GetNonce")).hasSize(1);
    assertThat(kit.network.received("GetProofRequestStatus")).hasSize(50);
  }

  /** Only a refusal of the result itself may one day be the end of it. */
  @ParameterizedTest
  @ValueSource(strings = {"GetNonce", "GetProofRequestStatus"})
  void noAnswerToAQuestionRefusesAResult(String question) {
    for (Status.Code code : Status.Code.values()) {
      boolean unknown = question.equals("GetProofRequestStatus") && code == Status.Code.NOT_FOUND;
      if (code == Status.Code.OK || unknown) {
        continue;
      }
      kit.network.on(
          question,
          _ -> {
            throw ScriptedNetwork.refusal(code, "no");
          });

      assertThatThrownBy(() -> get(reports.report(id(1), FAILURE)))
          .as(code.toString())
          .cause()
          .isInstanceOfSatisfying(
              Refusal.class, refusal -> assertThat(refusal.message()).endsWith(": " + code));
    }
    assertThat(taken).isEmpty();
  }

  /** What is refused for ten minutes is given up, so this must not be said of anything else. */
  @ParameterizedTest
  @EnumSource(value = Status.Code.class, mode = EnumSource.Mode.EXCLUDE, names = "OK")
  void onlyAWordAboutTheResultRefusesIt(Status.Code code) {
    boolean about =
        switch (code) {
          case UNAVAILABLE, DEADLINE_EXCEEDED, INTERNAL, CANCELLED, UNKNOWN, DATA_LOSS -> false;
          case RESOURCE_EXHAUSTED, UNIMPLEMENTED, UNAUTHENTICATED, ABORTED -> false;
          default -> true;
        };
    for (String method : List.of("FulfillProof", "FailExecution")) {
      kit.network.on(
          method,
          _ -> {
            throw ScriptedNetwork.refusal(code, "no");
          });

      assertThatThrownBy(() -> get(reports.report(id(1), result(method))))
          .as(method)
          .cause()
          .isInstanceOf(about ? ResultRefused.class : NetworkRefusal.class);
    }
  }

  /** It was never made, or is forgotten: nobody waits for its result. */
  @Test
  void aRequestThatTheNetworkDoesNotKnowIsRefused() {
    kit.network.on(
        "GetProofRequestStatus",
        _ -> {
          throw ScriptedNetwork.refusal(Status.Code.NOT_FOUND, "which request");
        });

    assertThatThrownBy(() -> get(reports.report(id(1), FAILURE)))
        .cause()
        .isInstanceOf(ResultRefused.class);
    assertThat(taken).isEmpty();
  }

  @Test
  void aRefusalOfTheResultIsOne() {
    kit.network.on(
        "FailExecution",
        _ -> {
          throw ScriptedNetwork.refusal(Status.Code.PERMISSION_DENIED, "not yours");
        });

    assertThatThrownBy(() -> get(reports.report(id(1), FAILURE)))
        .cause()
        .isInstanceOf(ResultRefused.class)
        .hasMessage("the network says PERMISSION_DENIED");
  }
}
