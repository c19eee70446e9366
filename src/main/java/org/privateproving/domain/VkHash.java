package org.privateproving.domain;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** Names a program: the hash of its verifying key, as the SDK's {@code hash_bytes()} gives it. */
public record VkHash(@JsonValue String hex) {
  public static final int BYTES = 32;

  /**
   * @throws IllegalArgumentException unless {@code hex} is 32 bytes of hexadecimal
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public VkHash(String hex) {
    this.hex = Hex.checked(hex, BYTES, "vk hash");
  }

  /**
   * @throws IllegalArgumentException unless there are exactly 32 bytes
   */
  public static VkHash of(byte[] bytes) {
    return new VkHash(Hex.of(bytes, BYTES, "vk hash"));
  }

  public byte[] bytes() {
    return Hex.bytes(hex);
  }

  @Override
  public String toString() {
    return "0x" + hex;
  }
}
