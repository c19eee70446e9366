package org.privateproving.gateway;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import fr.acinq.secp256k1.Secp256k1;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.privateproving.domain.Address;
import org.privateproving.network.EthereumSignature;
import org.privateproving.wire.artifact.ArtifactType;
import org.privateproving.wire.artifact.CreateArtifactRequest;
import org.privateproving.wire.network.MessageFormat;
import org.privateproving.wire.network.SignedRequest;

/** Signs as the SDK does, with a key of 32 equal bytes. */
public record Signer(byte[] key) {
  public static final Signer ONE = of(1);
  public static final Signer THREE = of(3);

  public static Signer of(int b) {
    byte[] key = new byte[32];
    Arrays.fill(key, (byte) b);
    return new Signer(key);
  }

  public Address address() {
    byte[] publicKey = Secp256k1.get().pubkeyCreate(key);
    byte[] hash = EthereumSignature.keccak256(Arrays.copyOfRange(publicKey, 1, 65));
    return Address.of(Arrays.copyOfRange(hash, 12, 32));
  }

  /** r, s and v, which is 27 or 28. */
  public byte[] sign(byte[] message) {
    byte[] digest = EthereumSignature.personalDigest(message);
    byte[] compact = Secp256k1.get().sign(digest, key, null);
    byte[] signature = Arrays.copyOf(compact, 65);
    byte[] even = Secp256k1.get().ecdsaRecover(compact, digest, 0);
    signature[64] = (byte) (Arrays.equals(even, Secp256k1.get().pubkeyCreate(key)) ? 27 : 28);
    return signature;
  }

  public SignedRequest envelope(MessageLite body) {
    return SignedRequest.newBuilder()
        .setFormat(MessageFormat.BINARY)
        .setSignature(ByteString.copyFrom(sign(body.toByteArray())))
        .setBody(body.toByteString())
        .build();
  }

  /** With the v of all SDK releases, 54 or 55. */
  public CreateArtifactRequest createArtifact(ArtifactType type) {
    byte[] signature = sign("create_artifact".getBytes(StandardCharsets.US_ASCII));
    signature[64] += 27;
    return CreateArtifactRequest.newBuilder()
        .setSignature(ByteString.copyFrom(signature))
        .setArtifactType(type)
        .build();
  }
}
