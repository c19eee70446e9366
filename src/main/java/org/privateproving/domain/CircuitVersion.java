package org.privateproving.domain;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * The version of SP1's circuits that a proof is made with, as it stands on the wire: {@code
 * sp1-v6.1.0}.
 */
public record CircuitVersion(@JsonValue String wire) {
  private static final int MAX_LENGTH = 64;

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public CircuitVersion {
    if (wire.isEmpty()
        || wire.length() > MAX_LENGTH
        || !wire.chars().allMatch(c -> c > ' ' && c < 127)) {
      throw new IllegalArgumentException("circuit version: not 1 to 64 printable characters");
    }
  }

  /** Whether the client is of the SDK 5 line, which knows fewer statuses than SDK 6. */
  public boolean isV5() {
    return wire.startsWith("sp1-v5");
  }

  @Override
  public String toString() {
    return wire;
  }
}
