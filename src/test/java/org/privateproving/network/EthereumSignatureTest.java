package org.privateproving.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.privateproving.domain.Address;
import org.privateproving.domain.Refusal;
import org.privateproving.gateway.Signer;
import org.privateproving.gateway.Vectors;

class EthereumSignatureTest {
  private static final byte[] CREATE_ARTIFACT =
      "create_artifact".getBytes(StandardCharsets.US_ASCII);
  private static final BigInteger ORDER =
      new BigInteger("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", 16);

  @Test
  void createArtifactHasTheDigestOfAPersonalMessage() {
    assertThat(EthereumSignature.personalDigest(CREATE_ARTIFACT))
        .asHexString()
        .isEqualToIgnoringCase("70f518d3034cb94ffbe469de194d4382d4055de854126ef9aad036d5032c6c2c");
  }

  @ParameterizedTest
  @CsvSource({
    "1a642f0e3c3af545e7acbd38b07251b3990914f1,"
        + " c501daa290f875e4057153155e7d3810ba316173c9a420f303c97a19a4b8c582167875479f95b241e684220e80f91f5ee26bb32de2d3b5d7096350ab8bc8dd7836",
    "3325a78425f17a7e487eb5666b2bfd93abb06c70,"
        + " bfa97c3732012f95e08b25eadabbab28792c4b6116f785bc4763d120497481284babebc551ba46ace3e598ca614229dfb4626e431476c6cf46b640102ca3108737"
  })
  void recoversTheSignerOfAnArtifactFromTheVThatTheSdkSends(String address, String wire) {
    byte[] signature = HexFormat.of().parseHex(wire);

    assertThat(EthereumSignature.artifactSigner(CREATE_ARTIFACT, signature))
        .isEqualTo(new Address(address));
  }

  @Test
  void recoversTheSignerOfAnArtifactFromAProperVToo() {
    for (Signer signer : new Signer[] {Signer.ONE, Signer.THREE}) {
      assertThat(EthereumSignature.artifactSigner(CREATE_ARTIFACT, signer.sign(CREATE_ARTIFACT)))
          .isEqualTo(signer.address());
    }
  }

  @Test
  void recoversTheSignerOfANetworkMessage() {
    byte[] body = HexFormat.of().parseHex(Vectors.BASE);

    assertThat(EthereumSignature.signer(body, HexFormat.of().parseHex(Vectors.BASE_SIGNATURE)))
        .isEqualTo(new Address("1a642f0e3c3af545e7acbd38b07251b3990914f1"));
    assertThat(Signer.ONE.sign(body)).asHexString().isEqualToIgnoringCase(Vectors.BASE_SIGNATURE);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 26, 29, 35, 54, 55, 255})
  void refusesAnyOtherVOfANetworkMessage(int v) {
    byte[] signature = Signer.ONE.sign(CREATE_ARTIFACT);
    signature[64] = (byte) v;

    assertThatThrownBy(() -> EthereumSignature.signer(CREATE_ARTIFACT, signature))
        .isInstanceOf(Refusal.class)
        .hasMessage("signature: v is " + v + " (expected: 27 or 28)")
        .extracting(e -> ((Refusal) e).reason())
        .isEqualTo(Refusal.Reason.UNAUTHENTICATED);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 29, 53, 56, 255})
  void refusesAnyOtherVOfAnArtifact(int v) {
    byte[] signature = Signer.ONE.sign(CREATE_ARTIFACT);
    signature[64] = (byte) v;

    assertThatThrownBy(() -> EthereumSignature.artifactSigner(CREATE_ARTIFACT, signature))
        .isInstanceOf(Refusal.class);
  }

  @Test
  void refusesTheSecondSignatureThatAnybodyCanMakeOfAFirst() {
    byte[] signature = Signer.ONE.sign(CREATE_ARTIFACT);
    byte[] high =
        ORDER.subtract(new BigInteger(1, Arrays.copyOfRange(signature, 32, 64))).toByteArray();
    System.arraycopy(high, high.length - 32, signature, 32, 32);
    signature[64] ^= 27 ^ 28;

    assertThatThrownBy(() -> EthereumSignature.signer(CREATE_ARTIFACT, signature))
        .hasMessageContaining("upper half");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 64, 66})
  void refusesASignatureOfAnotherLength(int length) {
    assertThatThrownBy(() -> EthereumSignature.signer(CREATE_ARTIFACT, new byte[length]))
        .hasMessage("signature: " + length + " bytes (expected: 65)");
  }

  @Test
  void refusesASignatureThatNoKeyYields() {
    byte[] signature = new byte[65];
    signature[64] = 27;

    assertThatThrownBy(() -> EthereumSignature.signer(CREATE_ARTIFACT, signature))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("no key");
  }
}
