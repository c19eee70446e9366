package org.privateproving.gateway;

import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.Status;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeoutException;
import org.privateproving.domain.Refusal;
import org.privateproving.domain.RootCause;
import org.privateproving.network.NetworkRefusal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one place that turns a failure into a gRPC code. The SDK retries UNAVAILABLE,
 * DEADLINE_EXCEEDED, INTERNAL and ABORTED, and takes everything else for final; so a decision is
 * never one of the four, and "try again" always is.
 */
final class GrpcErrors {
  private static final Logger LOG = LoggerFactory.getLogger(GrpcErrors.class);

  private GrpcErrors() {}

  static Status status(Throwable failure) {
    Throwable cause = RootCause.of(failure);
    return switch (cause) {
      case Refusal refusal -> code(refusal.reason()).withDescription(refusal.message());
      // The network's own answer, which is the client's to read.
      case NetworkRefusal refusal -> refusal.status();
      case InvalidProtocolBufferException _ ->
          Status.INVALID_ARGUMENT.withDescription("not the encoding of this call's message");
      case TimeoutException _ ->
          Status.UNAVAILABLE.withDescription("this took too long; try again");
      default -> defect(cause);
    };
  }

  static Status code(Refusal.Reason reason) {
    return switch (reason) {
      case INVALID -> Status.INVALID_ARGUMENT;
      case UNAUTHENTICATED -> Status.UNAUTHENTICATED;
      case NOT_ALLOWED -> Status.PERMISSION_DENIED;
      case NOT_FOUND -> Status.NOT_FOUND;
      case FAILED_PRECONDITION -> Status.FAILED_PRECONDITION;
      case STALE_NONCE -> Status.ABORTED;
      case UNSUPPORTED -> Status.UNIMPLEMENTED;
      case TRY_AGAIN -> Status.UNAVAILABLE;
    };
  }

  /**
   * Something of ours broke: a lost database, or a defect. No decision was made, so the client may
   * try again, which INTERNAL tells it; another server, or this one in a moment, may do better. The
   * cause goes to the log only, under a number that the client can quote.
   */
  private static Status defect(Throwable cause) {
    String incident = incident();
    LOG.error("Incident {}: a call failed for no fault of its client", incident, cause);
    return Status.INTERNAL.withDescription(
        "something went wrong here, not with the request (incident " + incident + "); try again");
  }

  static String incident() {
    return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
  }
}
