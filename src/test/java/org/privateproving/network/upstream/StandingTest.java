package org.privateproving.network.upstream;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
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

  /** Columns: the execution status; rows: the fulfillment status. */
  private static final String IN_TIME =
      """
                                     UNSPECIFIED UNEXECUTED EXECUTED  UNEXECUTABLE VALIDATION_FAILED
      UNSPECIFIED_FULFILLMENT_STATUS OPEN        OPEN       OPEN      FAILED       FAILED
      REQUESTED                      OPEN        OPEN       OPEN      FAILED       FAILED
      ASSIGNED                       OPEN        OPEN       OPEN      FAILED       FAILED
      FULFILLED                      FULFILLED   FULFILLED  FULFILLED FULFILLED    FULFILLED
      UNFULFILLABLE                  FAILED      FAILED     FAILED    FAILED       FAILED
      REVERTED                       FAILED      FAILED     FAILED    FAILED       FAILED
      EXPIRED                        OVER        OVER       OVER      FAILED       FAILED
      UNRECOGNIZED                   OPEN        OPEN       OPEN      FAILED       FAILED
      """;

  private static final List<ExecutionStatus> EXECUTIONS =
      List.of(
          ExecutionStatus.UNSPECIFIED_EXECUTION_STATUS,
          ExecutionStatus.UNEXECUTED,
          ExecutionStatus.EXECUTED,
          ExecutionStatus.UNEXECUTABLE,
          ExecutionStatus.VALIDATION_FAILED);

  private static Standing inTime(FulfillmentStatus fulfillment, ExecutionStatus execution) {
    return IN_TIME
        .lines()
        .map(line -> line.split(" +"))
        .filter(cells -> cells[0].equals(fulfillment.name()))
        .map(cells -> Standing.valueOf(cells[1 + EXECUTIONS.indexOf(execution)]))
        .findFirst()
        .orElseThrow();
  }

  private static List<Arguments> statuses() {
    List<Arguments> all = new ArrayList<>();
    for (FulfillmentStatus fulfillment : FulfillmentStatus.values()) {
      for (ExecutionStatus execution : EXECUTIONS) {
        all.add(Arguments.of(fulfillment, execution));
      }
    }
    return all;
  }

  @ParameterizedTest
  @MethodSource("statuses")
  void isReadFromTheStatusAndThenFromTheDeadline(
      FulfillmentStatus fulfillment, ExecutionStatus execution) {
    Standing inTime = inTime(fulfillment, execution);
    // None, this very second, the next, and those beyond 2^63.
    for (long deadline : new long[] {0, 1_000_000, 1_000_001, Long.MIN_VALUE, -1}) {
      assertThat(Standing.of(status(fulfillment, execution, deadline), NOW))
          .as("deadline %d", deadline)
          .isEqualTo(inTime);
    }
    for (long deadline : new long[] {1, 999_999}) {
      assertThat(Standing.of(status(fulfillment, execution, deadline), NOW))
          .as("deadline %d", deadline)
          .isEqualTo(inTime == Standing.OPEN ? Standing.OVER : inTime);
    }
  }

  @ParameterizedTest
  @MethodSource("statuses")
  void onlyItsStandingDecidesWhatBecomesOfAResult(
      FulfillmentStatus fulfillment, ExecutionStatus execution) {
    for (long deadline : new long[] {999_999, 1_000_001}) {
      var status = status(fulfillment, execution, deadline);
      Standing standing = Standing.of(status, NOW);
      assertThat(outcome(Standing.verdict(status, PROOF, NOW)))
          .isEqualTo(
              switch (standing) {
                case OPEN -> "Send";
                case FULFILLED -> "Taken";
                case FAILED -> "Rejected";
                case OVER -> "TooLate";
              });
      assertThat(outcome(Standing.verdict(status, FAILURE, NOW)))
          .isEqualTo(
              switch (standing) {
                case OPEN -> "Send";
                case FULFILLED, FAILED -> "Taken";
                case OVER -> "TooLate";
              });
    }
  }

  private static String outcome(Verdict verdict) {
    return switch (verdict) {
      case Verdict.Send _ -> "Send";
      case Verdict.Done done -> done.outcome().getClass().getSimpleName();
    };
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 31, 33})
  void aTransactionOfOddLengthIsToldAsNone(int length) {
    var status =
        status(FulfillmentStatus.FULFILLED, ExecutionStatus.EXECUTED, 2_000_000).toBuilder()
            .setFulfillTxHash(ByteString.copyFrom("x".repeat(length).getBytes(US_ASCII)))
            .build();

    assertThat(Standing.verdict(status, PROOF, NOW))
        .isInstanceOfSatisfying(
            Verdict.Done.class,
            done ->
                assertThat(done.outcome())
                    .isInstanceOfSatisfying(
                        ReportOutcome.Taken.class,
                        taken -> assertThat(taken.txHash()).isEqualTo(new byte[32])));
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

  private static GetProofRequestStatusResponse status(
      FulfillmentStatus fulfillment, ExecutionStatus execution, long deadline) {
    var status = GetProofRequestStatusResponse.newBuilder();
    if (fulfillment == FulfillmentStatus.UNRECOGNIZED) {
      status.setFulfillmentStatusValue(99);
    } else {
      status.setFulfillmentStatus(fulfillment);
    }
    return status.setExecutionStatus(execution).setDeadline(deadline).build();
  }
}
