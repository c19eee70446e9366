package org.privateproving.network;

/**
 * The network refused a result, though the request waits for one. It may think better of it, so the
 * result is offered again a few times. Expected, hence without a stack trace.
 */
public final class ResultRefused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param reason for the requester
   */
  public ResultRefused(String reason) {
    super(reason, null, false, false);
  }
}
