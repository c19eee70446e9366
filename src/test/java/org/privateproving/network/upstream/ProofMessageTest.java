package org.privateproving.network.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.privateproving.domain.RequestId;
import org.privateproving.wire.network.FulfillProofRequestBodyHead;
import org.privateproving.wire.network.FulfillProofRequestBodyTail;
import org.privateproving.wire.network.MessageFormat;
import org.privateproving.wire.network.SignedRequest;
import org.privateproving.wire.network.TransactionVariant;

class ProofMessageTest {
  private static final RequestId ID = new RequestId("ab".repeat(32));
  private static final byte[] DOMAIN = filled(32, 0xdd);

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 127, 128, 16_383, 16_384, 3_000_000})
  void readsAsTheMessageThatItIs(int size) throws Exception {
    byte[] proof = filled(size, 0x7e);
    byte[] signature = filled(65, 0x51);
    ProofMessage message = ProofMessage.of(-1L, ID, size, Optional.of(DOMAIN));

    byte[] frame =
        message
            .start(signature)
            .concat(ByteString.fromArray(proof))
            .concat(ByteString.fromArray(message.tail()))
            .toArray();

    assertThat(message.frameSize()).isEqualTo(frame.length);
    assertThat(frame[0]).isZero();
    assertThat(ByteBuffer.wrap(frame).getInt(1)).isEqualTo(frame.length - 5);
    SignedRequest envelope = SignedRequest.parseFrom(Arrays.copyOfRange(frame, 5, frame.length));
    assertThat(envelope.getFormat()).isEqualTo(MessageFormat.BINARY);
    assertThat(envelope.getSignature().toByteArray()).isEqualTo(signature);
    assertThat(envelope.getBody().size()).isEqualTo((int) message.bodySize());
    FulfillProofRequestBodyHead head = FulfillProofRequestBodyHead.parseFrom(envelope.getBody());
    assertThat(head.getNonce()).isEqualTo(-1L);
    assertThat(head.getRequestId().toByteArray()).isEqualTo(ID.bytes());
    assertThat(
            head.getUnknownFields().getField(3).getLengthDelimitedList().getFirst().toByteArray())
        .isEqualTo(proof);
    FulfillProofRequestBodyTail tail = FulfillProofRequestBodyTail.parseFrom(envelope.getBody());
    assertThat(tail.getDomain().toByteArray()).isEqualTo(DOMAIN);
    assertThat(tail.getVariant()).isEqualTo(TransactionVariant.FULFILL_VARIANT);
  }

  @Test
  void hasNoTailInTheBaseSchema() {
    ProofMessage message = ProofMessage.of(7, ID, 10, Optional.empty());

    assertThat(message.tail()).isEmpty();
    assertThat(message.head()).startsWith(0x08, 0x07, 0x12, 0x20).endsWith(0x1a, 0x0a);
  }

  @Test
  void refusesWhatNoFrameCanHold() {
    ProofMessage message = ProofMessage.of(7, ID, 1L << 31, Optional.empty());

    assertThatThrownBy(() -> message.start(new byte[65]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at most 2147483647");
  }

  private static byte[] filled(int size, int value) {
    byte[] bytes = new byte[size];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }
}
