package org.privateproving.artifact;

import com.google.crypto.tink.AccessesPartialKey;
import com.google.crypto.tink.Aead;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.StreamingAead;
import com.google.crypto.tink.TinkProtoKeysetFormat;
import com.google.crypto.tink.aead.AeadConfig;
import com.google.crypto.tink.aead.AesGcmKey;
import com.google.crypto.tink.aead.AesGcmParameters;
import com.google.crypto.tink.streamingaead.PredefinedStreamingAeadParameters;
import com.google.crypto.tink.streamingaead.StreamingAeadConfig;
import com.google.crypto.tink.util.SecretBytes;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.GeneralSecurityException;

/**
 * Encrypts each upload under a data key of its own, and data keys under the cluster key.
 *
 * <p>The construction is Tink's AES256_GCM_HKDF_1MB: from the data key, a random salt and the
 * associated data, HKDF derives an AES-256 key for the one stream; each segment of 1 MiB is sealed
 * with a nonce that holds its number and whether it is the last. So a segment that is moved, left
 * out, repeated or taken from another stream does not open, nor does a stream cut short. The
 * associated data, of key and content alike, is the {@link Binding}.
 */
final class ArtifactCipher {
  /**
   * Of ciphertext in a segment, and so in a chunk: Tink's first segment is shorter by its header.
   */
  static final int SEGMENT = 1 << 20;

  private static final int NONCE_BYTES = 12;
  private static final int TAG_BYTES = 16;

  private final Aead wrapping;

  ArtifactCipher(ClusterKey clusterKey) {
    try {
      AeadConfig.register();
      StreamingAeadConfig.register();
      wrapping =
          KeysetHandle.newBuilder()
              .addEntry(
                  KeysetHandle.importKey(wrappingKey(clusterKey)).withFixedId(1).makePrimary())
              .build()
              .getPrimitive(RegistryConfiguration.get(), Aead.class);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("no AES-GCM here", e);
    }
  }

  /** A new data key. */
  DataKey newKey(Binding binding) {
    try {
      KeysetHandle key =
          KeysetHandle.generateNew(PredefinedStreamingAeadParameters.AES256_GCM_HKDF_1MB);
      byte[] bound = binding.bytes();
      return new DataKey(
          streaming(key),
          TinkProtoKeysetFormat.serializeEncryptedKeyset(key, wrapping, bound),
          bound);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("cannot make a data key", e);
    }
  }

  /**
   * @param ciphertext read only as far as the plain bytes are asked for, and closed with the result
   * @return the plain bytes; reading fails with an {@link IOException} at the first segment that
   *     was tampered with, before any of its bytes is given out
   * @throws DamagedArtifactException if the key was made for something else or under another
   *     cluster key
   */
  InputStream decrypt(byte[] wrappedKey, Binding binding, InputStream ciphertext)
      throws IOException {
    try {
      byte[] bound = binding.bytes();
      KeysetHandle key = TinkProtoKeysetFormat.parseEncryptedKeyset(wrappedKey, wrapping, bound);
      return streaming(key).newDecryptingStream(ciphertext, bound);
    } catch (GeneralSecurityException e) {
      throw new DamagedArtifactException(binding.id());
    }
  }

  @AccessesPartialKey
  private static AesGcmKey wrappingKey(ClusterKey clusterKey) throws GeneralSecurityException {
    byte[] key = clusterKey.derive("artifact/wrap");
    return AesGcmKey.builder()
        .setParameters(
            AesGcmParameters.builder()
                .setKeySizeBytes(ClusterKey.BYTES)
                .setIvSizeBytes(NONCE_BYTES)
                .setTagSizeBytes(TAG_BYTES)
                .setVariant(AesGcmParameters.Variant.NO_PREFIX)
                .build())
        .setKeyBytes(SecretBytes.copyFrom(key, InsecureSecretKeyAccess.get()))
        .build();
  }

  private static StreamingAead streaming(KeysetHandle key) throws GeneralSecurityException {
    return key.getPrimitive(RegistryConfiguration.get(), StreamingAead.class);
  }

  /** A data key, ready to encrypt one stream, and the form in which it may be stored. */
  static final class DataKey {
    private final StreamingAead aead;
    private final byte[] wrapped;
    private final byte[] bound;

    private DataKey(StreamingAead aead, byte[] wrapped, byte[] bound) {
      this.aead = aead;
      this.wrapped = wrapped;
      this.bound = bound;
    }

    byte[] wrapped() {
      return wrapped;
    }

    /** Closing the result closes {@code ciphertext}; without it the stream is cut short. */
    OutputStream encrypt(OutputStream ciphertext) throws IOException {
      try {
        return aead.newEncryptingStream(ciphertext, bound);
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("cannot encrypt", e);
      }
    }
  }
}
