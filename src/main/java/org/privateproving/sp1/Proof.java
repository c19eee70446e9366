package org.privateproving.sp1;

import java.nio.ByteBuffer;

/** A proof, encoded as the SDK downloads it. Any thread, several at once; see {@link Engine}. */
public interface Proof extends AutoCloseable {

  /** The encoded size in bytes. */
  long size();

  /**
   * Copies bytes from {@code offset} into what remains of {@code target}.
   *
   * @return how many; fewer than remain only at the end, 0 at and after it
   */
  int read(long offset, ByteBuffer target);

  @Override
  void close();
}
