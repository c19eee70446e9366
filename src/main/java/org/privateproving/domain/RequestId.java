package org.privateproving.domain;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** Names one proof request, to its client and to the network: 32 bytes. */
public record RequestId(@JsonValue String hex) {
  public static final int BYTES = 32;

  /**
   * @throws IllegalArgumentException unless {@code hex} is 32 bytes of hexadecimal
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public RequestId(String hex) {
    this.hex = Hex.checked(hex, BYTES, "request id");
  }

  /**
   * @throws IllegalArgumentException unless there are exactly 32 bytes
   */
  public static RequestId of(byte[] bytes) {
    return new RequestId(Hex.of(bytes, BYTES, "request id"));
  }

  public byte[] bytes() {
    return Hex.bytes(hex);
  }

  @Override
  public String toString() {
    return "0x" + hex;
  }
}
