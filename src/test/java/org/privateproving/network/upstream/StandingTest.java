package org.privateproving.network.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.privateproving.artifact.ArtifactId;
import org.privateproving.domain.FailureCause;
import org.privateproving.network.ProverNetwork.ReportOutcome;
import org.privateproving.network.ProverNetwork.Result;
import org.privateproving.network.upstream.Standing.Verdict;
import org.privateproving.wire.network.ExecutionStatus;
import org.privateproving.wire.network.FulfillmentStatus;
import org.privateproving.wire.network.GetProofRequestStatusResponse;

class StandingTest {
  private static final Instant NOW = Instant.ofEpochSecond(1_000_000);
  private static final Result PROOF = new Result.Proof(new ArtifactId(new UUID(1, 2)), 10);
  private static final Result FAILURE = new Result.Failure(FailureCause.EXCEEDED_GAS_LIMIT);

  @ParameterizedTest(name = "{0}, {1}, deadline {2}: {3}")
  @CsvSource({
    "REQUESTED, UNEXECUTED, 1000001, OPEN",
    "ASSIGNED, UNEXECUTED, 1000000, OPEN",
    "ASSIGNED, EXECUTED, 1000001, OPEN",
    "ASSIGNED, EXECUTED, -1, OPEN",
    "ASSIGNED, UNEXECUTED, 999999, OVER",
    "EXPIRED, UNEXECUTED, 1000001, OVER",
    "FULFILLED, EXECUTED, 999999, FULFILLED",
    "UNFULFILLABLE, EXECUTED, 1000001, FAILED",
    "UNFULFILLABLE, UNEXECUTED, 999999, FAILED",
    "REVERTED, EXECUTED, 1000001, FAILED",
    "ASSIGNED, UNEXECUTABLE, 1000001, FAILED",
    "ASSIGNED, VALIDATION_FAILED, 1000001, FAILED"
  })
  void isReadFromTheStatus(
      FulfillmentStatus fulfillment, ExecutionStatus execution, long deadline, Standing expected) {
    assertThat(Standing.of(status(fulfillment, execution, deadline), NOW)).isEqualTo(expected);
  }

  @Test
  void whatIsOpenIsReported() {
    for (Result result : new Result[] {PROOF, FAILURE}) {
      assertThat(verdict(FulfillmentStatus.ASSIGNED, result)).isEqualTo(new Verdict.Send());
    }
  }

  @Test
  void aProofThatTheNetworkHasIsTakenUnderItsTransaction() {
    byte[] txHash = new byte[32];
    txHash[0] = 7;
    var status =
        status(FulfillmentStatus.FULFILLED, ExecutionStatus.EXECUTED, 2_000_000).toBuilder()
            .setFulfillTxHash(ByteString.copyFrom(txHash))
            .build();

    assertThat(Standing.verdict(status, PROOF, NOW))
        .isInstanceOfSatisfying(
            Verdict.Done.class,
            done ->
                assertThat(done.outcome())
                    .isInstanceOfSatisfying(
                        ReportOutcome.Taken.class,
                        taken -> assertThat(taken.txHash()).isEqualTo(txHash)));
  }

  @Test
  void aClosedRequestTakesNoProofAndNeedsNoFailure() {
    assertThat(verdict(FulfillmentStatus.UNFULFILLABLE, PROOF))
        .isInstanceOfSatisfying(
            Verdict.Done.class,
            done -> assertThat(done.outcome()).isInstanceOf(ReportOutcome.Rejected.class));
    assertThat(verdict(FulfillmentStatus.UNFULFILLABLE, FAILURE))
        .isInstanceOfSatisfying(
            Verdict.Done.class,
            done -> assertThat(done.outcome()).isInstanceOf(ReportOutcome.Taken.class));
  }

  @Test
  void afterTheDeadlineNothingIsReported() {
    for (Result result : new Result[] {PROOF, FAILURE}) {
      assertThat(verdict(FulfillmentStatus.EXPIRED, result))
          .isEqualTo(new Verdict.Done(new ReportOutcome.TooLate()));
    }
  }

  private static Verdict verdict(FulfillmentStatus fulfillment, Result result) {
    return Standing.verdict(
        status(fulfillment, ExecutionStatus.UNEXECUTED, 2_000_000), result, NOW);
  }

  private static GetProofRequestStatusResponse status(
      FulfillmentStatus fulfillment, ExecutionStatus execution, long deadline) {
    return GetProofRequestStatusResponse.newBuilder()
        .setFulfillmentStatus(fulfillment)
        .setExecutionStatus(execution)
        .setDeadline(deadline)
        .build();
  }
}
