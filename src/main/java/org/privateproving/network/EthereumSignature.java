package org.privateproving.network;

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
public final class EthereumSignature {
  public static final int BYTES = 65;

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
  public static Address signer(byte[] message, byte[] signature) {
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
  public static Address artifactSigner(byte[] message, byte[] signature) {
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
    return addressOf(key);
  }

  /**
   * @param key uncompressed: 0x04 and the two coordinates
   */
  private static Address addressOf(byte[] key) {
    byte[] hash = keccak256(Arrays.copyOfRange(key, 1, 65));
    return Address.of(Arrays.copyOfRange(hash, 12, 32));
  }

  public static byte[] personalDigest(byte[] message) {
    KeccakDigest digest = startPersonalDigest(message.length);
    digest.update(message, 0, message.length);
    return end(digest);
  }

  /**
   * Starts the digest that is signed for a message of {@code length} bytes, which are to follow:
   * for messages too large to be held in one piece.
   */
  public static KeccakDigest startPersonalDigest(long length) {
    KeccakDigest digest = new KeccakDigest(256);
    byte[] prefix = (PREFIX + length).getBytes(StandardCharsets.US_ASCII);
    digest.update(prefix, 0, prefix.length);
    return digest;
  }

  public static byte[] end(KeccakDigest digest) {
    byte[] hash = new byte[digest.getDigestSize()];
    digest.doFinal(hash, 0);
    return hash;
  }

  /**
   * Signs a digest: r, s (the low one) and a v of 27 or 28.
   *
   * @param secret 32 bytes
   */
  static byte[] sign(byte[] digest, byte[] secret) {
    Secp256k1 curve = Secp256k1.get();
    byte[] compact = curve.sign(digest, secret, null);
    byte[] own = curve.pubkeyCreate(secret);
    int parity = Arrays.equals(curve.ecdsaRecover(compact, digest, 0), own) ? 0 : 1;
    byte[] signature = Arrays.copyOf(compact, BYTES);
    signature[BYTES - 1] = (byte) (27 + parity);
    return signature;
  }

  /**
   * The address of a key.
   *
   * @param secret 32 bytes
   * @throws IllegalArgumentException if it is no key of the curve
   */
  static Address address(byte[] secret) {
    if (!Secp256k1.get().secKeyVerify(secret)) {
      throw new IllegalArgumentException("not a key of secp256k1");
    }
    return addressOf(Secp256k1.get().pubkeyCreate(secret));
  }

  public static byte[] keccak256(byte[] bytes) {
    KeccakDigest digest = new KeccakDigest(256);
    digest.update(bytes, 0, bytes.length);
    return end(digest);
  }

  private static Refusal refusal(String message) {
    return new Refusal(Refusal.Reason.UNAUTHENTICATED, message);
  }
}
