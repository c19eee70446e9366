package org.privateproving.network.upstream;

import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;
import io.grpc.Status;

/**
 * Tells what the network said of one call from what happened on the way: only the network ends a
 * call with trailers. Thread-safe.
 */
final class Trailers extends ClientStreamTracer.Factory {
  private volatile boolean received;

  @Override
  public ClientStreamTracer newClientStreamTracer(
      ClientStreamTracer.StreamInfo info, Metadata headers) {
    return new ClientStreamTracer() {
      @Override
      public void inboundTrailers(Metadata trailers) {
        received = true;
      }
    };
  }

  /**
   * What came of the call. The library has CANCELLED for a stream that something on the way reset,
   * UNKNOWN for a connection that closes just when the call is put on it, and a code of its own for
   * each bare HTTP error; clients take those for final, and whoever may try again must be told so.
   * UNIMPLEMENTED stays: it is how a proxy says that there is no such method behind it.
   */
  Status status(Throwable failure) {
    Status status = Status.fromThrowable(failure);
    return switch (status.getCode()) {
      case CANCELLED, UNKNOWN, UNAUTHENTICATED, PERMISSION_DENIED ->
          received
              ? status
              : Status.UNAVAILABLE.withDescription("the connection to the prover network broke");
      default -> status;
    };
  }
}
