package org.privateproving.gateway;

import java.util.concurrent.TimeoutException;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.StatusCode;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.privateproving.artifact.ArtifactStore.UploadOutcome;
import org.privateproving.domain.Refusal;
import org.privateproving.domain.RootCause;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one place that turns the outcome of a transfer into an HTTP status. The SDK retries 408 and
 * 504 alone (it looks for "timeout" in the reason phrase), and takes all others for final; so "try
 * again" is one of the two.
 */
final class HttpAnswers {
  private static final Logger LOG = LoggerFactory.getLogger(HttpAnswers.class);

  private HttpAnswers() {}

  static HttpResponse of(UploadOutcome outcome) {
    return switch (outcome) {
      case UploadOutcome.Stored _ -> text(StatusCodes.OK, "stored");
      case UploadOutcome.Unknown _ ->
          text(
              StatusCodes.NOT_FOUND,
              "no such upload, or it expired; ask for another with CreateArtifact");
      case UploadOutcome.AlreadyClaimed _ ->
          text(StatusCodes.CONFLICT, "this artifact is in use and cannot change any more");
      case UploadOutcome.TooLarge large ->
          text(
              StatusCodes.CONTENT_TOO_LARGE,
              "the upload is too large (expected: at most " + large.limit() + " bytes)");
      case UploadOutcome.Incomplete incomplete ->
          text(StatusCodes.REQUEST_TIMEOUT, incomplete.message());
      case UploadOutcome.NoSpace full -> text(StatusCodes.INSUFFICIENT_STORAGE, full.message());
      case UploadOutcome.Busy _ ->
          text(StatusCodes.GATEWAY_TIMEOUT, "as many uploads as we take are under way; try again");
    };
  }

  /**
   * @param what was attempted, without a URL: those are capabilities
   */
  static HttpResponse failed(String what, Throwable failure) {
    Throwable cause = RootCause.of(failure);
    return switch (cause) {
      case Refusal refusal -> text(status(refusal.reason()), refusal.message());
      case TimeoutException _ -> text(StatusCodes.GATEWAY_TIMEOUT, "this took too long; try again");
      default -> defect(what, cause);
    };
  }

  private static StatusCode status(Refusal.Reason reason) {
    return switch (reason) {
      case INVALID -> StatusCodes.BAD_REQUEST;
      case UNAUTHENTICATED -> StatusCodes.UNAUTHORIZED;
      case NOT_ALLOWED -> StatusCodes.FORBIDDEN;
      case NOT_FOUND -> StatusCodes.NOT_FOUND;
      case FAILED_PRECONDITION -> StatusCodes.CONFLICT;
      case UNSUPPORTED -> StatusCodes.NOT_IMPLEMENTED;
      case STALE_NONCE, TRY_AGAIN -> StatusCodes.GATEWAY_TIMEOUT;
    };
  }

  /** Nothing was decided, so the client may try again, as over gRPC. */
  private static HttpResponse defect(String what, Throwable cause) {
    String incident = GrpcErrors.incident();
    LOG.error("Incident {}: {} failed for no fault of its client", incident, what, cause);
    return text(
        StatusCodes.GATEWAY_TIMEOUT,
        "something went wrong here (incident " + incident + "); try again");
  }

  static HttpResponse text(StatusCode status, String sentence) {
    return HttpResponse.create()
        .withStatus(status)
        .withEntity(HttpEntities.create(ContentTypes.TEXT_PLAIN_UTF8, sentence + "\n"));
  }
}
