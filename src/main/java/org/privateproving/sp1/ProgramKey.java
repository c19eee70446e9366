package org.privateproving.sp1;

import java.util.Arrays;

/** A program made ready by an engine. Any thread, several at once; see {@link Engine}. */
public interface ProgramKey extends AutoCloseable {

  /** The network's name for the program: 32 bytes, the SDK's {@code hash_bytes()}. A copy. */
  byte[] vkHash();

  /**
   * Whether this is the program that the network calls so: whoever says it is was wrong otherwise.
   * Only a noop engine, which knows no program, believes everything.
   *
   * @param vkHash 32 bytes
   */
  default boolean isKnownAs(byte[] vkHash) {
    return Arrays.equals(vkHash(), vkHash);
  }

  /** The verifying key as the SDK registers it (bincode). A copy. */
  byte[] vk();

  @Override
  void close();
}
