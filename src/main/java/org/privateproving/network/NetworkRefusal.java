package org.privateproving.network;

import io.grpc.Status;

/**
 * What the network answered to a call instead of a result: its code and its message, unchanged, so
 * that a client can be told the same. Expected, hence without a stack trace.
 */
public final class NetworkRefusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Status status;

  public NetworkRefusal(Status status) {
    super(status.getCode() + ": " + status.getDescription(), null, false, false);
    this.status = status;
  }

  /** The network's code and description. */
  public Status status() {
    return status;
  }

  public Status.Code code() {
    return status.getCode();
  }

  /**
   * Whether nobody can tell from it if the network did what it was asked: the answer got lost, or
   * came from something in between.
   */
  public boolean isAmbiguous() {
    return switch (status.getCode()) {
      case UNAVAILABLE, DEADLINE_EXCEEDED, INTERNAL, CANCELLED, UNKNOWN, DATA_LOSS -> true;
      default -> false;
    };
  }
}
