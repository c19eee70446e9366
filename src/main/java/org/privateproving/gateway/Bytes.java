package org.privateproving.gateway;

import com.google.protobuf.ByteString;
import java.util.function.Function;
import org.privateproving.domain.Refusal;

/** Reads identifiers of a fixed length out of messages. */
final class Bytes {
  private Bytes() {}

  /**
   * @throws Refusal INVALID if {@code reader} does not like the bytes
   */
  static <T> T read(String field, ByteString bytes, Function<byte[], T> reader) {
    try {
      return reader.apply(bytes.toByteArray());
    } catch (IllegalArgumentException e) {
      throw new Refusal(Refusal.Reason.INVALID, field + ": " + e.getMessage());
    }
  }

  static ByteString of(byte[] bytes) {
    return ByteString.copyFrom(bytes);
  }
}
