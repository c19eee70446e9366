package org.privateproving.network.upstream;

import org.privateproving.domain.Refusal;
import org.privateproving.network.ProgramUnavailable;

/** What the status of an answer that holds no program means, over HTTP and S3 alike. */
final class HttpStatus {
  private HttpStatus() {}

  /** The failure to give out: whether it may pass is told by its class. */
  static RuntimeException failure(int status, ProgramUri uri) {
    String message = "the program at " + uri + " was not given out (HTTP status " + status + ")";
    return mayPass(status)
        ? new Refusal(Refusal.Reason.TRY_AGAIN, message)
        : new ProgramUnavailable(message);
  }

  // Too early, too many requests, request timeout, and whatever the server blames on itself.
  private static boolean mayPass(int status) {
    return status == 408 || status == 425 || status == 429 || status >= 500;
  }
}
