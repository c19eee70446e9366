package org.privateproving.domain;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** An Ethereum address: who signed a message. */
public record Address(@JsonValue String hex) {
  public static final int BYTES = 20;

  /**
   * @throws IllegalArgumentException unless {@code hex} is 20 bytes of hexadecimal
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public Address(String hex) {
    this.hex = Hex.checked(hex, BYTES, "address");
  }

  /**
   * @throws IllegalArgumentException unless there are exactly 20 bytes
   */
  public static Address of(byte[] bytes) {
    return new Address(Hex.of(bytes, BYTES, "address"));
  }

  public byte[] bytes() {
    return Hex.bytes(hex);
  }

  @Override
  public String toString() {
    return "0x" + hex;
  }
}
