package org.privateproving.network;

import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.privateproving.domain.Address;

/** Signs with a key that this process holds. */
public final class LocalSigner implements Signer {
  private static final int KEY_BYTES = 32;

  private final byte[] secret;
  private final Address address;

  private LocalSigner(byte[] secret) {
    this.secret = secret;
    this.address = EthereumSignature.address(secret);
  }

  /**
   * @param hex 32 bytes in hexadecimal, with or without 0x in front, with white space around
   * @throws IllegalArgumentException if it is no key; the message holds nothing of the text
   */
  public static LocalSigner of(String hex) {
    String stripped = hex.strip();
    String digits = stripped.startsWith("0x") ? stripped.substring(2) : stripped;
    byte[] secret;
    try {
      secret = HexFormat.of().parseHex(digits);
    } catch (IllegalArgumentException _) {
      // Its message would quote the text.
      throw new IllegalArgumentException("not hexadecimal (expected: 64 digits)");
    }
    if (secret.length != KEY_BYTES) {
      throw new IllegalArgumentException(secret.length + " bytes (expected: " + KEY_BYTES + ")");
    }
    return new LocalSigner(secret);
  }

  @Override
  public Address address() {
    return address;
  }

  @Override
  public CompletionStage<byte[]> sign(byte[] digest) {
    return CompletableFuture.completedFuture(EthereumSignature.sign(digest, secret));
  }

  @Override
  public String toString() {
    return "LocalSigner[" + address + "]";
  }
}
