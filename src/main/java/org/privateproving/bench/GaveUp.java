package org.privateproving.bench;

import java.io.IOException;

/** What the SDK would give up at; the message is a reason for the report. */
final class GaveUp extends RuntimeException {
  private static final long serialVersionUID = 1L;

  GaveUp(String reason) {
    super(reason, null, false, false);
  }

  String reason() {
    return String.valueOf(getMessage());
  }

  /** An HTTP answer other than success. */
  static final class HttpRefused extends IOException {
    private static final long serialVersionUID = 1L;
    private static final int REQUEST_TIMEOUT = 408;
    private static final int GATEWAY_TIMEOUT = 504;

    private final int status;

    HttpRefused(int status) {
      super("HTTP " + status);
      this.status = status;
    }

    int status() {
      return status;
    }

    /** The two whose reason phrases have "timeout" in them. */
    boolean isRepeated() {
      return status == REQUEST_TIMEOUT || status == GATEWAY_TIMEOUT;
    }
  }
}
