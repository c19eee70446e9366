package org.privateproving.network.upstream;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import org.privateproving.domain.FailureCause;
import org.privateproving.domain.FailureCause.Kind;
import org.privateproving.domain.RequestId;
import org.privateproving.domain.Schema;
import org.privateproving.network.WireCauses;
import org.privateproving.wire.network.FailExecutionRequestBody;
import org.privateproving.wire.network.FailFulfillmentRequestBody;

/**
 * How a failure is told to a network: the method and the body. The base schema has a call of its
 * own for a failed execution; the auction schema has a trace, which here holds the cause's name and
 * nothing of the input.
 */
record FailureMessage(String method, MessageLite body) {

  /**
   * @param nonce unsigned 64 bits
   */
  static FailureMessage of(long nonce, RequestId id, FailureCause cause, Schema schema) {
    ByteString request = ByteString.copyFrom(id.bytes());
    if (schema == Schema.BASE && cause.kind() == Kind.UNEXECUTABLE) {
      return new FailureMessage(
          "FailExecution",
          FailExecutionRequestBody.newBuilder()
              .setNonce(nonce)
              .setRequestId(request)
              .setExecuteFailCause(WireCauses.execution(cause))
              .build());
    }
    FailFulfillmentRequestBody.Builder body =
        FailFulfillmentRequestBody.newBuilder()
            .setNonce(nonce)
            .setRequestId(request)
            .setError(WireCauses.error(cause));
    if (schema == Schema.AUCTION) {
      // A name of an enum needs no quoting.
      body.setErrorTrace(ByteString.copyFromUtf8("{\"cause\":\"" + cause.name() + "\"}"));
    }
    return new FailureMessage("FailFulfillment", body.build());
  }

  /** The method alone, which does not depend on the nonce. */
  static String method(FailureCause cause, Schema schema) {
    return schema == Schema.BASE && cause.kind() == Kind.UNEXECUTABLE
        ? "FailExecution"
        : "FailFulfillment";
  }
}
