package org.privateproving.gateway;

import io.grpc.Status;
import java.io.ByteArrayOutputStream;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.http.javadsl.model.HttpEntity;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.util.ByteString;

/**
 * Reads the one message of a unary call: a flag, a length of 4 bytes, the message. Memory is
 * bounded by the limit whatever the client sends; a body beyond it is read to its end and
 * forgotten, since an answer sent earlier would reach the client as a reset stream.
 */
final class GrpcMessage {
  private static final int PREFIX = 5;

  private final int limit;
  private final Duration timeout;
  private final Materializer materializer;

  GrpcMessage(int limit, Duration timeout, Materializer materializer) {
    this.limit = limit;
    this.timeout = timeout;
    this.materializer = materializer;
  }

  /** The whole frame, as the generated handler wants it. Fails with an {@link Unacceptable}. */
  CompletionStage<ByteString> read(HttpEntity entity) {
    return entity
        .withoutSizeLimit()
        .getDataBytes()
        // A client that never ends its message keeps no memory of ours.
        .completionTimeout(timeout)
        .runWith(
            // Copied together: a rope of one-byte frames would weigh a hundred times as much.
            Sink.fold(new ByteArrayOutputStream(), this::append), materializer)
        // Named, since a stream's stage would go on in the JVM's common pool, which anybody may
        // block.
        .thenApplyAsync(
            all -> checked(ByteString.fromArrayUnsafe(all.toByteArray())),
            materializer.executionContext());
  }

  private ByteArrayOutputStream append(ByteArrayOutputStream soFar, ByteString more) {
    // One byte too many is enough to know.
    if (soFar.size() <= limit + PREFIX) {
      soFar.writeBytes(more.toArrayUnsafe());
    }
    return soFar;
  }

  private ByteString checked(ByteString frame) {
    if (frame.size() > limit + PREFIX) {
      throw new Unacceptable(
          Status.RESOURCE_EXHAUSTED, "message: too large (expected: at most " + limit + " bytes)");
    }
    if (frame.size() < PREFIX) {
      throw new Unacceptable(Status.INVALID_ARGUMENT, "message: missing or cut short");
    }
    if (frame.apply(0) != 0) {
      throw new Unacceptable(
          Status.UNIMPLEMENTED,
          "message: compressed; send it uncompressed (grpc-encoding: identity)");
    }
    int length = frame.asByteBuffer().order(ByteOrder.BIG_ENDIAN).getInt(1);
    if (length != frame.size() - PREFIX) {
      throw new Unacceptable(
          Status.INVALID_ARGUMENT,
          "message: "
              + Integer.toUnsignedString(length)
              + " bytes announced, "
              + (frame.size() - PREFIX)
              + " sent (expected: one message)");
    }
    return frame;
  }

  /** A call that is no good as a call, whatever it says. */
  static final class Unacceptable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Status status;

    Unacceptable(Status status, String message) {
      super(message, null, false, false);
      this.status = status.withDescription(message);
    }

    Status status() {
      return status;
    }
  }
}
