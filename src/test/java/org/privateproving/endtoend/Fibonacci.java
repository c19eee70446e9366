package org.privateproving.endtoend;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.stream.Stream;

/** The guest of this name: how to ask for it, and what it must come to. */
record Fibonacci(int n) {
  private static final int MODULUS = 7919;

  /** The client's arguments, and more of them. */
  String[] with(String... more) {
    return Stream.concat(
            Stream.of("--elf", SdkClient.elf("fibonacci").toString(), "--input", "u32:" + n),
            Stream.of(more))
        .toArray(String[]::new);
  }

  /** As hexadecimal digits. */
  String publicValues() {
    int a = 0;
    int b = 1;
    for (int i = 0; i < n; i++) {
      int next = (a + b) % MODULUS;
      a = b;
      b = next;
    }
    ByteBuffer values = ByteBuffer.allocate(3 * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    return HexFormat.of().formatHex(values.putInt(n).putInt(a).putInt(b).array());
  }
}
