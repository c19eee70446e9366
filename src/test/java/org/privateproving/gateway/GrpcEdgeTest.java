package org.privateproving.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import com.google.protobuf.BytesValue;
import com.google.protobuf.Message;
import io.grpc.CallOptions;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.privateproving.domain.Refusal;
import org.privateproving.domain.Refusal.Reason;
import org.privateproving.wire.network.GetBalanceRequest;
import org.privateproving.wire.network.GetBalanceResponse;
import org.privateproving.wire.network.GetMarketPricePerPguRequest;
import org.privateproving.wire.network.GetMarketPricePerPguResponse;
import org.privateproving.wire.network.GetNonceRequest;
import org.privateproving.wire.network.GetNonceResponse;
import org.privateproving.wire.network.GetProofRequestParamsRequest;
import org.privateproving.wire.network.GetProofRequestParamsResponse;
import org.privateproving.wire.network.GetProversByUptimeRequest;
import org.privateproving.wire.network.GetProversByUptimeResponse;

class GrpcEdgeTest {
  private static final GetNonceRequest GOOD =
      GetNonceRequest.newBuilder()
          .setAddress(ByteString.copyFrom(Signer.ONE.address().bytes()))
          .build();
  private static final GetNonceResponse NONCE = GetNonceResponse.getDefaultInstance();

  private static RunningGateway gateway;

  @BeforeAll
  static void start() throws Exception {
    gateway = RunningGateway.start("max-message-size = 64KiB\n call-timeout = 2s\n hold = 0s");
  }

  @AfterAll
  static void stop() throws Exception {
    gateway.close();
  }

  @AfterEach
  void heal() {
    gateway.network.nonces = null;
  }

  @Test
  void answersTheCallsThatTheNetworkAnswers() {
    assertThat(gateway.call("GetNonce", GOOD, NONCE).getNonce()).isPositive();
    assertThat(
            gateway
                .call(
                    "GetBalance",
                    GetBalanceRequest.newBuilder().setAddress(GOOD.getAddress()).build(),
                    GetBalanceResponse.getDefaultInstance())
                .getAmount())
        .isEqualTo("42");
    assertThat(
            gateway
                .call(
                    "GetProofRequestParams",
                    GetProofRequestParamsRequest.getDefaultInstance(),
                    GetProofRequestParamsResponse.getDefaultInstance())
                .getBaseFee())
        .isEqualTo("0");
    assertThat(
            gateway
                .call(
                    "GetProversByUptime",
                    GetProversByUptimeRequest.getDefaultInstance(),
                    GetProversByUptimeResponse.getDefaultInstance())
                .getProversCount())
        .isEqualTo(1);
    assertThat(
            gateway
                .call(
                    "GetMarketPricePerPgu",
                    GetMarketPricePerPguRequest.getDefaultInstance(),
                    GetMarketPricePerPguResponse.getDefaultInstance())
                .getPrice())
        .isEqualTo("1");
  }

  @Test
  void namesAMethodOrServiceThatItDoesNotOffer() {
    for (String method :
        new String[] {
          "network.ProverNetwork/Bid", "other.Service/Do", "network.ProverNetwork/a/b"
        }) {
      Status status = refusal(CallOptions.DEFAULT, method, GOOD, NONCE);

      assertThat(status.getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
      assertThat(status.getDescription()).contains("/" + method).contains("not offered");
    }
  }

  @Test
  void refusesAMessageThatIsTooLargeForGood() {
    for (int size : new int[] {64 * 1024, 5 * 1024 * 1024}) {
      Status status =
          refusal(
              CallOptions.DEFAULT,
              "GetNonce",
              GetNonceRequest.newBuilder().setAddress(ByteString.copyFrom(new byte[size])).build(),
              NONCE);

      assertThat(status.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
      assertThat(status.getDescription())
          .isEqualTo("message: too large (expected: at most 65536 bytes)");
    }
  }

  @Test
  void refusesCompressedMessages() {
    Status status = refusal(CallOptions.DEFAULT.withCompression("gzip"), "GetNonce", GOOD, NONCE);

    assertThat(status.getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
    assertThat(status.getDescription()).contains("gzip").contains("uncompressed");
  }

  @Test
  void refusesWhatIsNotTheEncodingOfItsMessage() {
    // GetBalanceResponse's string of bytes that are no UTF-8 would do; a field cut short does too.
    Status status =
        refusal(
            CallOptions.DEFAULT,
            "GetNonce",
            BytesValue.of(ByteString.copyFrom(new byte[3])),
            NONCE);

    assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(status.getDescription()).isEqualTo("address: address: 3 bytes (expected: 20)");
  }

  @Test
  void carriesARefusalToTheClientWithItsSentence() {
    gateway.network.nonces =
        () -> CompletableFuture.failedStage(new Refusal(Reason.NOT_ALLOWED, "not yöu: 100 %"));

    Status status = refusal(CallOptions.DEFAULT, "GetNonce", GOOD, NONCE);

    assertThat(status.getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    assertThat(status.getDescription()).isEqualTo("not yöu: 100 %");
  }

  @Test
  void aDefectIsNeverUnknown() {
    gateway.network.nonces = () -> CompletableFuture.failedStage(new IllegalStateException("x"));
    assertThat(refusal(CallOptions.DEFAULT, "GetNonce", GOOD, NONCE).getCode())
        .isEqualTo(Status.Code.INTERNAL);

    gateway.network.nonces =
        () -> {
          throw new NullPointerException("x");
        };
    assertThat(refusal(CallOptions.DEFAULT, "GetNonce", GOOD, NONCE).getCode())
        .isEqualTo(Status.Code.INTERNAL);
  }

  @Test
  void aCallThatHangsIsAnsweredThatItMayBeTriedAgain() {
    gateway.network.nonces = CompletableFuture::new;

    assertThat(refusal(CallOptions.DEFAULT, "GetNonce", GOOD, NONCE).getCode())
        .isEqualTo(Status.Code.UNAVAILABLE);
  }

  @Test
  void aClientMayGiveACallLessTime() {
    assertThat(GrpcEdge.timeout("250m")).contains(Duration.ofMillis(250));
    assertThat(GrpcEdge.timeout("1H")).contains(Duration.ofHours(1));
    assertThat(GrpcEdge.timeout("99999999n")).contains(Duration.ofNanos(99_999_999));
    assertThat(GrpcEdge.timeout("soon")).isEqualTo(Optional.empty());
    gateway.network.nonces = CompletableFuture::new;

    Status status =
        refusal(
            CallOptions.DEFAULT.withDeadlineAfter(100, TimeUnit.MILLISECONDS),
            "GetNonce",
            GOOD,
            NONCE);

    assertThat(status.getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
  }

  static <Q extends Message, R extends Message> Status refusal(
      CallOptions options, String method, Q request, R example) {
    StatusRuntimeException failure =
        catchThrowableOfType(
            StatusRuntimeException.class, () -> gateway.call(options, method, request, example));
    return failure.getStatus();
  }
}
