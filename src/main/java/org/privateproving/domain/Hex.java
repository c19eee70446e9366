package org.privateproving.domain;

import java.util.HexFormat;

/** Lower-case hexadecimal of a fixed length, the form in which identifiers are kept and shown. */
final class Hex {
  private static final HexFormat FORMAT = HexFormat.of();

  private Hex() {}

  static String of(byte[] bytes, int length, String what) {
    if (bytes.length != length) {
      throw new IllegalArgumentException(
          what + ": " + bytes.length + " bytes (expected: " + length + ")");
    }
    return FORMAT.formatHex(bytes);
  }

  static String checked(String hex, int length, String what) {
    byte[] bytes;
    try {
      bytes = FORMAT.parseHex(hex);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(what + ": not hexadecimal", e);
    }
    return of(bytes, length, what);
  }

  static byte[] bytes(String hex) {
    return FORMAT.parseHex(hex);
  }
}
