package org.privateproving.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UploadBodyTest {
  @ParameterizedTest
  @ValueSource(longs = {0, 1, 1 << 20, (3 << 20) + 7})
  void shouldBeAnInputOfTwoItemsWhoseLastIsAsLongAsAskedFor(long ballast) throws IOException {
    UploadBody body = UploadBody.stdin(ballast);
    byte[] bytes;
    try (InputStream in = body.open()) {
      bytes = in.readAllBytes();
    }
    assertThat(bytes).hasSize((int) body.size());
    ByteBuffer read = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(read.getLong()).isEqualTo(2);
    assertThat(read.getLong()).isEqualTo(4);
    assertThat(read.getInt()).isEqualTo(20);
    assertThat(read.getLong()).isEqualTo(ballast);
    read.position(read.position() + (int) ballast);
    assertThat(read.getLong()).isZero();
    assertThat(read.getLong()).isZero();
    assertThat(read.hasRemaining()).isFalse();
  }

  @Test
  void shouldSayItsLengthBeforehandAsTheSdkDoes() {
    UploadBody body = UploadBody.stdin(5L << 30);
    assertThat(body.publisher().contentLength()).isEqualTo(body.size());
  }

  @Test
  void shouldReadByteByByteWhatItReadsInPieces() throws IOException {
    UploadBody body = UploadBody.stdin(100);
    byte[] one = new byte[(int) body.size()];
    try (InputStream in = body.open();
        InputStream whole = body.open()) {
      for (int i = 0; i < one.length; i++) {
        one[i] = (byte) in.read();
      }
      assertThat(in.read()).isEqualTo(-1);
      assertThat(one).isEqualTo(whole.readAllBytes());
    }
  }
}
