package org.privateproving.sp1;

import java.nio.ByteBuffer;

/**
 * Bytes outside the Java heap, put together in pieces. One thread at a time, though not always the
 * same one; see {@link Engine} for closing.
 */
public interface NativeBuffer extends AutoCloseable {

  /** Appends what remains of {@code bytes}, and consumes it. */
  void append(ByteBuffer bytes);

  /** How many bytes it holds. */
  long size();

  @Override
  void close();
}
