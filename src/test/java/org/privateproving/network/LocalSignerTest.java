package org.privateproving.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.privateproving.domain.Address;
import org.privateproving.gateway.Vectors;

class LocalSignerTest {
  private static final String KEY = "01".repeat(32);

  @ParameterizedTest
  @ValueSource(strings = {"", "0x", " \n0x"})
  void hasTheAddressOfItsKey(String before) {
    assertThat(LocalSigner.of(before + KEY + "\n").address())
        .isEqualTo(new Address("1a642f0e3c3af545e7acbd38b07251b3990914f1"));
  }

  @Test
  void signsAsTheSdkDoes() {
    byte[] body = HexFormat.of().parseHex(Vectors.BASE);

    byte[] signature =
        LocalSigner.of(KEY)
            .sign(EthereumSignature.personalDigest(body))
            .toCompletableFuture()
            .join();

    assertThat(signature).asHexString().isEqualToIgnoringCase(Vectors.BASE_SIGNATURE);
  }

  @Test
  void signsSoThatItsAddressIsRecoveredWhateverTheParity() {
    for (int i = 0; i < 32; i++) {
      LocalSigner signer = LocalSigner.of("%064x".formatted(i + 1));
      byte[] message = ("message " + i).getBytes(StandardCharsets.UTF_8);
      byte[] signature =
          signer.sign(EthereumSignature.personalDigest(message)).toCompletableFuture().join();
      assertThat(EthereumSignature.signer(message, signature)).isEqualTo(signer.address());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "beef", "zz", "00", "not a key, but a secret"})
  void refusesWhatIsNoKeyAndDoesNotRepeatIt(String text) {
    assertThatThrownBy(() -> LocalSigner.of(text))
        .isInstanceOf(IllegalArgumentException.class)
        .satisfies(
            refused -> {
              if (!text.isEmpty()) {
                assertThat(refused.getMessage()).doesNotContain(text);
              }
            });
    assertThatThrownBy(() -> LocalSigner.of("00".repeat(32)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
