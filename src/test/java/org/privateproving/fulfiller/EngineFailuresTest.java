package org.privateproving.fulfiller;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.privateproving.domain.FailureCause;
import org.privateproving.sp1.ExecutionFailure;

class EngineFailuresTest {
  @ParameterizedTest
  @EnumSource(ExecutionFailure.class)
  void shouldCallEachWayToFailByItsName(ExecutionFailure failure) {
    FailureCause cause = EngineFailures.cause(failure);
    assertThat(cause.kind()).isEqualTo(FailureCause.Kind.UNEXECUTABLE);
    assertThat(cause.name())
        .isEqualTo(failure == ExecutionFailure.UNSPECIFIED ? "EXECUTION_FAILED" : failure.name());
  }
}
