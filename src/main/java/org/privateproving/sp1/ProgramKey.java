package org.privateproving.sp1;

/** A program made ready by an engine. Any thread, several at once; see {@link Engine}. */
public interface ProgramKey extends AutoCloseable {

  /** The network's name for the program: 32 bytes, the SDK's {@code hash_bytes()}. A copy. */
  byte[] vkHash();

  /** The verifying key as the SDK registers it (bincode). A copy. */
  byte[] vk();

  @Override
  void close();
}
