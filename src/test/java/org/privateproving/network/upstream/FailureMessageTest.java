package org.privateproving.network.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.privateproving.domain.FailureCause;
import org.privateproving.domain.FailureCause.Kind;
import org.privateproving.domain.RequestId;
import org.privateproving.domain.Schema;
import org.privateproving.network.WireCauses;
import org.privateproving.wire.network.ExecuteFailureCause;
import org.privateproving.wire.network.FailExecutionRequestBody;
import org.privateproving.wire.network.FailFulfillmentRequestBody;
import org.privateproving.wire.network.ProofRequestError;

class FailureMessageTest {
  private static final RequestId ID = new RequestId("0c".repeat(32));

  @ParameterizedTest
  @EnumSource
  void theBaseSchemaHasACallForFailedExecutions(FailureCause cause) throws Exception {
    FailureMessage message = FailureMessage.of(9, ID, cause, Schema.BASE);

    assertThat(message.method()).isEqualTo(FailureMessage.method(cause, Schema.BASE));
    if (cause.kind() == Kind.UNEXECUTABLE) {
      assertThat(message.method()).isEqualTo("FailExecution");
      var body = FailExecutionRequestBody.parseFrom(message.body().toByteArray());
      assertThat(body.getNonce()).isEqualTo(9);
      assertThat(body.getRequestId().toByteArray()).isEqualTo(ID.bytes());
    } else {
      assertThat(message.method()).isEqualTo("FailFulfillment");
      var body = FailFulfillmentRequestBody.parseFrom(message.body().toByteArray());
      assertThat(body.getNonce()).isEqualTo(9);
      assertThat(body.getRequestId().toByteArray()).isEqualTo(ID.bytes());
      assertThat(body.getError()).isEqualTo(WireCauses.error(cause));
      assertThat(body.hasErrorTrace()).isFalse();
    }
  }

  @ParameterizedTest
  @EnumSource
  void theAuctionSchemaHasATraceThatNamesTheCauseAndNothingElse(FailureCause cause)
      throws Exception {
    FailureMessage message = FailureMessage.of(9, ID, cause, Schema.AUCTION);

    assertThat(message.method())
        .isEqualTo("FailFulfillment")
        .isEqualTo(FailureMessage.method(cause, Schema.AUCTION));
    var body = FailFulfillmentRequestBody.parseFrom(message.body().toByteArray());
    assertThat(body.getErrorTrace().toString(StandardCharsets.UTF_8))
        .isEqualTo("{\"cause\":\"" + cause + "\"}");
    assertThat(body.getNonce()).isEqualTo(9);
    assertThat(body.getRequestId().toByteArray()).isEqualTo(ID.bytes());
    assertThat(body.getError()).isEqualTo(WireCauses.error(cause));
    if (cause.kind() == Kind.UNEXECUTABLE) {
      assertThat(body.getError()).isEqualTo(ProofRequestError.EXECUTION_FAILURE);
    }
  }

  @ParameterizedTest
  @EnumSource
  void namesAProgramOfAnotherHash(Schema schema) throws Exception {
    FailureMessage message =
        FailureMessage.of(1, ID, FailureCause.VERIFICATION_KEY_MISMATCH, schema);

    assertThat(FailFulfillmentRequestBody.parseFrom(message.body().toByteArray()).getError())
        .isEqualTo(ProofRequestError.VERIFICATION_KEY_MISMATCH);
  }

  @ParameterizedTest
  @EnumSource(
      names = {
        "HALT_WITH_NON_ZERO_EXIT_CODE",
        "EXCEEDED_CYCLE_LIMIT",
        "EXCEEDED_GAS_LIMIT",
        "INVALID_MEMORY_ACCESS"
      })
  void namesTheCauseAsTheWireDoes(FailureCause cause) throws Exception {
    var body =
        FailExecutionRequestBody.parseFrom(
            FailureMessage.of(1, ID, cause, Schema.BASE).body().toByteArray());

    assertThat(body.getExecuteFailCause()).isEqualTo(ExecuteFailureCause.valueOf(cause.name()));
  }
}
