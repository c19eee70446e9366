package org.privateproving.fulfiller;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.privateproving.domain.Digest;
import org.privateproving.domain.FailureCause;
import org.privateproving.domain.RequestId;
import org.privateproving.domain.VkHash;
import org.privateproving.fulfiller.WorkReport.Fault;
import org.privateproving.sp1.ExecutionFailure;
import org.privateproving.sp1.ExecutionOutcome.Executed;
import org.privateproving.sp1.ExecutionOutcome.ExecutionFailed;
import org.privateproving.sp1.ProofMode;

class RunTermsTest {
  private static final byte[] DIGEST = bytes(7);

  private static Assignment ordered(long cycleLimit, long gasLimit, Optional<Digest> values) {
    return new Assignment(
        RequestId.of(bytes(1)),
        1,
        VkHash.of(bytes(2)),
        ProofMode.CORE,
        cycleLimit,
        gasLimit,
        values,
        Instant.MAX,
        Duration.ofSeconds(15));
  }

  private static RunOutcome ran(long gas, Assignment ordered) {
    return RunTerms.judge(ordered, new Executed(5, gas, new byte[0], DIGEST));
  }

  @Test
  void shouldTakeARunThatKeepsItsLimits() {
    assertThat(ran(100, ordered(-1, 100, Optional.of(Digest.of(DIGEST)))))
        .isInstanceOf(RunOutcome.Ran.class);
  }

  @Test
  void shouldTakeALimitOfTwoToThe64MinusOneForWhatItIs() {
    assertThat(ran(Long.MAX_VALUE, ordered(-1, -1, Optional.empty())))
        .isInstanceOf(RunOutcome.Ran.class);
  }

  @Test
  void shouldRefuseARunThatUsedMoreGasThanItsRequesterAllows() {
    assertThat(ran(101, ordered(-1, 100, Optional.empty())))
        .isInstanceOfSatisfying(
            RunOutcome.Stopped.class,
            stopped -> {
              assertThat(stopped.cause()).isEqualTo(FailureCause.EXCEEDED_GAS_LIMIT);
              assertThat(stopped.fault()).isEqualTo(Fault.REQUEST);
              assertThat(stopped.detail()).contains("101", "100");
            });
  }

  @Test
  void shouldRefuseARunThatCommittedToOtherPublicValuesThanTheRequestSays() {
    assertThat(ran(1, ordered(-1, -1, Optional.of(Digest.of(bytes(8))))))
        .isInstanceOfSatisfying(
            RunOutcome.Stopped.class,
            stopped -> assertThat(stopped.cause()).isEqualTo(FailureCause.PUBLIC_VALUES_MISMATCH));
  }

  @Test
  void shouldBlameTheRequestForAProgramThatFails() {
    ExecutionFailure cause = ExecutionFailure.INVALID_MEMORY_ACCESS;
    assertThat(
            RunTerms.judge(
                ordered(-1, -1, Optional.empty()), new ExecutionFailed(cause, "it failed")))
        .isEqualTo(
            new RunOutcome.Stopped(FailureCause.INVALID_MEMORY_ACCESS, "it failed", Fault.REQUEST));
  }

  @Test
  void shouldRunForNoMoreCyclesThanBothTheRequesterAndTheOperatorAllow() {
    assertThat(RunTerms.cycleLimit(ordered(10, -1, Optional.empty()), 1000)).isEqualTo(10);
    assertThat(RunTerms.cycleLimit(ordered(5000, -1, Optional.empty()), 1000)).isEqualTo(1000);
    assertThat(RunTerms.cycleLimit(ordered(-1, -1, Optional.empty()), 1000)).isEqualTo(1000);
  }

  private static byte[] bytes(int value) {
    byte[] bytes = new byte[32];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }
}
