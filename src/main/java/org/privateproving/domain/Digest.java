package org.privateproving.domain;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** A SHA-256 or comparable digest of 32 bytes. */
public record Digest(@JsonValue String hex) {
  public static final int BYTES = 32;

  /**
   * @throws IllegalArgumentException unless {@code hex} is 32 bytes of hexadecimal
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public Digest(String hex) {
    this.hex = Hex.checked(hex, BYTES, "digest");
  }

  /**
   * @throws IllegalArgumentException unless there are exactly 32 bytes
   */
  public static Digest of(byte[] bytes) {
    return new Digest(Hex.of(bytes, BYTES, "digest"));
  }

  public byte[] bytes() {
    return Hex.bytes(hex);
  }

  @Override
  public String toString() {
    return "0x" + hex;
  }
}
