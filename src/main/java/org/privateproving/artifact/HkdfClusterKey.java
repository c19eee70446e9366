package org.privateproving.artifact;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import javax.crypto.KDF;
import javax.crypto.SecretKey;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** Derives with HKDF-SHA256 (RFC 5869), the purpose being its info. */
final class HkdfClusterKey implements ClusterKey {
  private final SecretKey secret;

  HkdfClusterKey(byte[] secret) {
    if (secret.length != BYTES) {
      throw new IllegalArgumentException(
          "cluster key: " + secret.length + " bytes (expected: " + BYTES + ")");
    }
    this.secret = new SecretKeySpec(secret, "HKDF");
  }

  @Override
  public byte[] derive(String purpose) {
    try {
      return KDF.getInstance("HKDF-SHA256")
          .deriveData(
              HKDFParameterSpec.ofExtract()
                  .addIKM(secret)
                  .thenExpand(("private-proving/" + purpose).getBytes(UTF_8), BYTES));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no HKDF-SHA256", e);
    }
  }

  @Override
  public String toString() {
    return "ClusterKey";
  }
}
