package org.privateproving.network.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TxHashTest {

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 31, 32, 33, 64})
  void isOf32BytesWhateverTheNetworkTold(int length) {
    byte[] told = new byte[length];
    Arrays.fill(told, (byte) 7);

    assertThat(TxHash.of(told)).isEqualTo(length == 32 ? told : new byte[32]);
  }
}
