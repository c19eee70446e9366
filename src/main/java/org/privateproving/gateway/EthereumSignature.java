package org.privateproving.gateway;

import fr.acinq.secp256k1.Secp256k1;
import fr.acinq.secp256k1.Secp256k1Exception;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.bouncycastle.crypto.digests.KeccakDigest;
import org.privateproving.domain.Address;
import org.privateproving.domain.Refusal;

/**
 * Finds out who signed a message: EIP-191 personal signatures of 65 bytes, r (32), s (32), v (1).
 *
 * <p>Only the low one of the two possible s is taken, so that nobody can turn a signature they saw
 * into a second one. Of v, exactly what the SDK sends is taken; 0 and 1 are not, since no client
 * sends them and a signature should have one form only.
 */
final class EthereumSignature {
  static final int BYTES = 65;

  private static final String PREFIX = "\u0019Ethereum Signed Message:\n";
  private static final BigInteger HALF_ORDER =
      new BigInteger("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", 16)
          .shiftRight(1);

  private EthereumSignature() {}

  /**
   * Recovers the signer of a network message.
   *
   * @throws Refusal UNAUTHENTICATED unless it is a well-formed signature with v 27 or 28
   */
  static Address signer(byte[] message, byte[] signature) {
    requireLength(signature);
    return recover(message, signature, parity(signature[64] & 0xff, 27));
  }

  /**
   * Recovers the signer of {@code create_artifact}. All SDK releases add 27 to a v that has it
   * already, so it comes as 54 or 55, with 54 the even one. (Readers that take anything from 35 up
   * for an EIP-155 v find the parities swapped, and a wrong signer.) A client without that quirk
   * sends 27 or 28.
   *
   * @throws Refusal UNAUTHENTICATED unless it is a well-formed signature
   */
  static Address artifactSigner(byte[] message, byte[] signature) {
    requireLength(signature);
    int v = signature[64] & 0xff;
    return recover(message, signature, parity(v, v >= 54 ? 54 : 27));
  }

  private static void requireLength(byte[] signature) {
    if (signature.length != BYTES) {
      throw refusal("signature: " + signature.length + " bytes (expected: " + BYTES + ")");
    }
  }

  private static int parity(int v, int even) {
    int parity = v - even;
    if (parity != 0 && parity != 1) {
      throw refusal("signature: v is " + v + " (expected: 27 or 28)");
    }
    return parity;
  }

  private static Address recover(byte[] message, byte[] signature, int parity) {
    if (new BigInteger(1, Arrays.copyOfRange(signature, 32, 64)).compareTo(HALF_ORDER) > 0) {
      throw refusal("signature: s is in the upper half of the curve's order (expected: the lower)");
    }
    byte[] key;
    try {
      key =
          Secp256k1.get()
              .ecdsaRecover(Arrays.copyOf(signature, 64), personalDigest(message), parity);
    } catch (Secp256k1Exception e) {
      throw refusal("signature: no key on the curve yields it");
    }
    // Uncompressed: 0x04 and the two coordinates.
    byte[] hash = keccak256(Arrays.copyOfRange(key, 1, 65));
    return Address.of(Arrays.copyOfRange(hash, 12, 32));
  }

  static byte[] personalDigest(byte[] message) {
    byte[] prefix = (PREFIX + message.length).getBytes(StandardCharsets.US_ASCII);
    byte[] all = Arrays.copyOf(prefix, prefix.length + message.length);
    System.arraycopy(message, 0, all, prefix.length, message.length);
    return keccak256(all);
  }

  static byte[] keccak256(byte[] bytes) {
    KeccakDigest digest = new KeccakDigest(256);
    digest.update(bytes, 0, bytes.length);
    byte[] hash = new byte[digest.getDigestSize()];
    digest.doFinal(hash, 0);
    return hash;
  }

  private static Refusal refusal(String message) {
    return new Refusal(Refusal.Reason.UNAUTHENTICATED, message);
  }
}
