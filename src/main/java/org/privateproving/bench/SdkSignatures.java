package org.privateproving.bench;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.privateproving.network.EthereumSignature;
import org.privateproving.network.LocalSigner;
import org.privateproving.wire.artifact.ArtifactType;
import org.privateproving.wire.artifact.CreateArtifactRequest;
import org.privateproving.wire.network.MessageFormat;
import org.privateproving.wire.network.SignedRequest;

/** Signs as one SDK client does. */
final class SdkSignatures {
  private static final byte[] CREATE_ARTIFACT =
      "create_artifact".getBytes(StandardCharsets.US_ASCII);

  /** What the SDK adds to a v that is complete already. */
  private static final int ARTIFACT_QUIRK = 27;

  private final LocalSigner signer;
  private final ByteString address;
  private final ByteString createArtifact;

  /**
   * @param secret 32 bytes, a key of secp256k1
   */
  SdkSignatures(byte[] secret) {
    signer = LocalSigner.of(HexFormat.of().formatHex(secret));
    address = ByteString.copyFrom(signer.address().bytes());
    byte[] signature = sign(CREATE_ARTIFACT);
    int last = signature.length - 1;
    signature[last] = (byte) (signature[last] + ARTIFACT_QUIRK);
    createArtifact = ByteString.copyFrom(signature);
  }

  private byte[] sign(byte[] message) {
    return signer.sign(EthereumSignature.personalDigest(message)).toCompletableFuture().join();
  }

  ByteString address() {
    return address;
  }

  SignedRequest envelope(MessageLite body) {
    ByteString bytes = body.toByteString();
    return SignedRequest.newBuilder()
        .setFormat(MessageFormat.BINARY)
        .setSignature(ByteString.copyFrom(sign(bytes.toByteArray())))
        .setBody(bytes)
        .build();
  }

  CreateArtifactRequest createArtifact(ArtifactType type) {
    return CreateArtifactRequest.newBuilder()
        .setSignature(createArtifact)
        .setArtifactType(type)
        .build();
  }
}
