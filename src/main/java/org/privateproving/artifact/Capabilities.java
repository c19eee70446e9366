package org.privateproving.artifact;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The secret parts of URLs: a MAC of the purpose and the artifact's id under a key of their own.
 * They are computed anew each time, so nothing that is stored or logged gives one away.
 */
final class Capabilities {
  private static final String ALGORITHM = "HmacSHA256";

  /** What a capability opens. */
  enum Purpose {
    UPLOAD,
    PROOF
  }

  private final SecretKeySpec key;

  Capabilities(ClusterKey clusterKey) {
    key = new SecretKeySpec(clusterKey.derive("artifact/capability"), ALGORITHM);
  }

  /** 43 characters that stand in a URL as they are. */
  String of(Purpose purpose, ArtifactId id) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(mac(purpose, id));
  }

  /** Compares in a time that tells nothing. */
  boolean matches(Purpose purpose, ArtifactId id, String capability) {
    return MessageDigest.isEqual(of(purpose, id).getBytes(US_ASCII), capability.getBytes(US_ASCII));
  }

  private byte[] mac(Purpose purpose, ArtifactId id) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      mac.update(purpose.name().getBytes(US_ASCII));
      mac.update((byte) 0);
      return mac.doFinal(
          ByteBuffer.allocate(16)
              .putLong(id.value().getMostSignificantBits())
              .putLong(id.value().getLeastSignificantBits())
              .array());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + ALGORITHM, e);
    }
  }
}
