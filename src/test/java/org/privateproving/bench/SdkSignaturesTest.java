package org.privateproving.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.privateproving.domain.Address;
import org.privateproving.network.EthereumSignature;
import org.privateproving.wire.artifact.ArtifactType;
import org.privateproving.wire.network.CreateProgramRequestBody;
import org.privateproving.wire.network.SignedRequest;

/** Against what SDKs send. */
class SdkSignaturesTest {
  private static SdkSignatures ofKey(int filler) {
    byte[] key = new byte[32];
    Arrays.fill(key, (byte) filler);
    return new SdkSignatures(key);
  }

  @Test
  void shouldSignForAnArtifactWithTheVThatSdksSend() {
    assertThat(hex(1))
        .isEqualTo(
            "c501daa290f875e4057153155e7d3810ba316173c9a420f303c97a19a4b8c582167875479f95b241e684220e"
                + "80f91f5ee26bb32de2d3b5d7096350ab8bc8dd7836");
    assertThat(hex(3))
        .isEqualTo(
            "bfa97c3732012f95e08b25eadabbab28792c4b6116f785bc4763d120497481284babebc551ba46ace3e598ca"
                + "614229dfb4626e431476c6cf46b640102ca3108737");
  }

  private static String hex(int filler) {
    return HexFormat.of()
        .formatHex(ofKey(filler).createArtifact(ArtifactType.STDIN).getSignature().toByteArray());
  }

  @Test
  void shouldSignABodySoThatItsSignerIsFound() {
    SdkSignatures signatures = ofKey(1);
    SignedRequest envelope =
        signatures.envelope(CreateProgramRequestBody.newBuilder().setNonce(7).build());
    Address signer =
        EthereumSignature.signer(
            envelope.getBody().toByteArray(), envelope.getSignature().toByteArray());
    assertThat(signer.hex()).isEqualTo("1a642f0e3c3af545e7acbd38b07251b3990914f1");
    assertThat(signatures.address().toByteArray()).isEqualTo(signer.bytes());
  }
}
