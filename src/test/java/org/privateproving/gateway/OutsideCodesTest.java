package org.privateproving.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.Status;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.privateproving.artifact.ArtifactStore.UploadOutcome;
import org.privateproving.domain.Refusal;
import org.privateproving.domain.Refusal.Reason;

/**
 * What the SDK does with an answer depends on its code alone; these tables are what it relies on.
 */
class OutsideCodesTest {
  private static final Set<Status.Code> RETRIED =
      Set.of(
          Status.Code.UNAVAILABLE,
          Status.Code.DEADLINE_EXCEEDED,
          Status.Code.INTERNAL,
          Status.Code.ABORTED);
  private static final Set<Integer> RETRIED_HTTP = Set.of(408, 504);
  private static final Set<Reason> TRY_AGAIN = Set.of(Reason.STALE_NONCE, Reason.TRY_AGAIN);

  @Test
  void everyReasonHasItsGrpcCode() {
    Map<Reason, Status.Code> codes = new EnumMap<>(Reason.class);
    for (Reason reason : Reason.values()) {
      codes.put(reason, GrpcErrors.code(reason).getCode());
    }

    assertThat(codes)
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                Reason.INVALID, Status.Code.INVALID_ARGUMENT,
                Reason.UNAUTHENTICATED, Status.Code.UNAUTHENTICATED,
                Reason.NOT_ALLOWED, Status.Code.PERMISSION_DENIED,
                Reason.NOT_FOUND, Status.Code.NOT_FOUND,
                Reason.FAILED_PRECONDITION, Status.Code.FAILED_PRECONDITION,
                Reason.STALE_NONCE, Status.Code.ABORTED,
                Reason.UNSUPPORTED, Status.Code.UNIMPLEMENTED,
                Reason.TRY_AGAIN, Status.Code.UNAVAILABLE));
  }

  @ParameterizedTest
  @EnumSource
  void theSdkRetriesExactlyWhatMayBeTriedAgain(Reason reason) {
    assertThat(RETRIED.contains(GrpcErrors.code(reason).getCode()))
        .isEqualTo(TRY_AGAIN.contains(reason));
    assertThat(
            RETRIED_HTTP.contains(
                HttpAnswers.failed("a test", new Refusal(reason, "no")).status().intValue()))
        .isEqualTo(TRY_AGAIN.contains(reason));
  }

  @Test
  void aRefusalIsRecognisedInsideTheFuturesThatCarriedIt() {
    Status status =
        GrpcErrors.status(
            new CompletionException(new CompletionException(new Refusal(Reason.INVALID, "no"))));

    assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(status.getDescription()).isEqualTo("no");
  }

  @Test
  void whatTookTooLongMayBeTriedAgain() {
    assertThat(GrpcErrors.status(new TimeoutException()).getCode())
        .isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(HttpAnswers.failed("a test", new TimeoutException()).status().intValue())
        .isEqualTo(504);
  }

  @Test
  void garbageIsTheClientsFault() {
    assertThat(GrpcErrors.status(new InvalidProtocolBufferException("x")).getCode())
        .isEqualTo(Status.Code.INVALID_ARGUMENT);
  }

  @Test
  void aDefectIsRetriedAndTellsNothingOfItsCause() {
    Status status = GrpcErrors.status(new IllegalStateException("select * from secrets"));

    assertThat(status.getCode()).isEqualTo(Status.Code.INTERNAL);
    assertThat(status.getDescription()).contains("incident").doesNotContain("secrets");
    assertThat(
            HttpAnswers.failed("a test", new IllegalStateException("secrets")).status().intValue())
        .isEqualTo(504);
  }

  @Test
  void everyOutcomeOfAnUploadHasItsStatus() {
    assertThat(status(new UploadOutcome.Stored(1))).isEqualTo(200);
    assertThat(status(new UploadOutcome.Unknown())).isEqualTo(404);
    assertThat(status(new UploadOutcome.AlreadyClaimed())).isEqualTo(409);
    assertThat(status(new UploadOutcome.TooLarge(1))).isEqualTo(413);
    assertThat(status(new UploadOutcome.NoSpace("full"))).isEqualTo(507);
    // The SDK comes again for these two.
    assertThat(status(new UploadOutcome.Incomplete("broke off"))).isEqualTo(408);
    assertThat(status(new UploadOutcome.Busy())).isEqualTo(504);
  }

  private static int status(UploadOutcome outcome) {
    return HttpAnswers.of(outcome).status().intValue();
  }
}
