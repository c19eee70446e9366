package org.privateproving.sp1;

/** A decoded private input. Any thread, several at once; see {@link Engine}. */
public interface Stdin extends AutoCloseable {

  /** The decoded size in bytes. */
  long size();

  @Override
  void close();
}
