package org.privateproving.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.UnknownFieldSet.Field;
import io.grpc.Status;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.privateproving.domain.Address;
import org.privateproving.domain.RequestId;
import org.privateproving.domain.Schema;
import org.privateproving.wire.network.AuctionProofRequestTail;
import org.privateproving.wire.network.BaseProofRequestTail;
import org.privateproving.wire.network.ProofRequest;
import org.privateproving.wire.network.ProofRequestError;

class NetworkRequestTest {
  private static final ByteString ID = bytes(0x1d, 32);
  private static final ByteString ALICE = bytes(0x0a, 20);

  private static ByteString bytes(int value, int count) {
    byte[] bytes = new byte[count];
    Arrays.fill(bytes, (byte) value);
    return ByteString.copyFrom(bytes);
  }

  private static ProofRequest.Builder request() {
    return ProofRequest.newBuilder().setRequestId(ID).setRequester(ALICE);
  }

  private static NetworkRequest parse(ProofRequest.Builder request) {
    return parse(request, ByteString.EMPTY, Schema.BASE);
  }

  private static NetworkRequest parse(
      ProofRequest.Builder request, ByteString tail, Schema fallback) {
    return NetworkRequest.parse(request.build().toByteString().concat(tail), fallback);
  }

  private static ByteString number(int tag, long value) {
    return field(tag, Field.newBuilder().addVarint(value));
  }

  private static ByteString text(int tag, String value) {
    return field(tag, Field.newBuilder().addLengthDelimited(ByteString.copyFromUtf8(value)));
  }

  private static ByteString field(int tag, Field.Builder field) {
    return UnknownFieldSet.newBuilder().addField(tag, field.build()).build().toByteString();
  }

  @Test
  void readsWhoseItIsAndWhatTheNetworkTells() {
    NetworkRequest parsed =
        parse(
            request()
                .setStdinUri("http://here/1")
                .setCreatedAt(1_000_000)
                .setFulfiller(bytes(0x0f, 20)));

    assertThat(parsed.id()).isEqualTo(RequestId.of(ID.toByteArray()));
    assertThat(parsed.requester()).isEqualTo(Address.of(ALICE.toByteArray()));
    assertThat(parsed.message().getStdinUri()).isEqualTo("http://here/1");
    assertThat(parsed.createdAt()).isEqualTo(Instant.ofEpochSecond(1_000_000));
    assertThat(parsed.fulfiller()).contains(new Address("0f".repeat(20)));
  }

  @ParameterizedTest(name = "tag {0} as a {1}: {2}")
  @CsvSource({
    "34, number, BASE",
    "35, number, BASE",
    "34, text, AUCTION",
    "35, text, AUCTION",
    "36, number, AUCTION",
    "38, number, AUCTION"
  })
  void itsTailTellsTheSchemaWhateverWasExpected(int tag, String kind, Schema expected) {
    ByteString tail = kind.equals("text") ? text(tag, "1") : number(tag, 1);

    for (Schema fallback : Schema.values()) {
      assertThat(parse(request(), tail, fallback).schema()).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @EnumSource
  void withoutATailItIsOfTheSchemaThatTheNetworkSpeaks(Schema fallback) {
    assertThat(parse(request(), ByteString.EMPTY, fallback).schema()).isEqualTo(fallback);
    // A tag of a later release.
    assertThat(parse(request(), number(99, 1), fallback).schema()).isEqualTo(fallback);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void readsTheTailOfTheBaseSchema(boolean stdinPrivate) {
    ByteString tail =
        BaseProofRequestTail.newBuilder()
            .setError(ProofRequestError.EXECUTION_FAILURE)
            .setStdinPrivate(stdinPrivate)
            .build()
            .toByteString();

    NetworkRequest parsed = parse(request(), tail, Schema.AUCTION);

    assertThat(parsed.schema()).isEqualTo(Schema.BASE);
    assertThat(parsed.stdinPrivate()).isEqualTo(stdinPrivate);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void readsTheTailOfTheAuctionSchema(boolean stdinPrivate) {
    ByteString tail =
        AuctionProofRequestTail.newBuilder()
            .setBaseFee("11")
            .setMaxPricePerPgu("22")
            .setStdinPrivate(stdinPrivate)
            .build()
            .toByteString();

    NetworkRequest parsed = parse(request(), tail, Schema.BASE);

    assertThat(parsed.schema()).isEqualTo(Schema.AUCTION);
    assertThat(parsed.stdinPrivate()).isEqualTo(stdinPrivate);
    assertThat(parsed.text(34)).contains("11");
    assertThat(parsed.text(35)).contains("22");
    assertThat(parsed.text(36)).isEmpty();
  }

  @Test
  void ofARepeatedFieldTheLastCountsAsProtobufHasIt() {
    NetworkRequest auction =
        parse(
            request(),
            text(34, "first").concat(text(34, "last")).concat(number(38, 1)).concat(number(38, 0)),
            Schema.BASE);

    assertThat(auction.text(34)).contains("last");
    assertThat(auction.stdinPrivate()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 19, 21, 32})
  void aFulfillerThatIsNoAddressIsNobody(int length) {
    assertThat(parse(request().setFulfiller(bytes(1, length))).fulfiller()).isEmpty();
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "0, 1970-01-01T00:00:00Z",
    "253402300798, 9999-12-31T23:59:58Z",
    "253402300800, 9999-12-31T23:59:59Z",
    "9223372036854775807, 9999-12-31T23:59:59Z",
    "-9223372036854775808, 9999-12-31T23:59:59Z",
    "-1, 9999-12-31T23:59:59Z"
  })
  void everyTimeIsOneThatCanBeReckonedWith(long seconds, Instant expected) {
    assertThat(parse(request().setCreatedAt(seconds)).createdAt()).isEqualTo(expected);
    assertThat(parse(request().setDeadline(seconds)).deadline()).isEqualTo(expected);
  }

  @Test
  void whoHasNoFulfillerIsAssignedToNobody() {
    assertThat(parse(request()).fulfiller()).isEqualTo(Optional.empty());
  }

  @ParameterizedTest(name = "id of {0} bytes, requester of {1}")
  @CsvSource({"0, 20", "31, 20", "33, 20", "32, 0", "32, 19", "32, 21"})
  void idsOfOddLengthCannotBeRead(int id, int requester) {
    ProofRequest odd =
        ProofRequest.newBuilder()
            .setRequestId(bytes(1, id))
            .setRequester(bytes(1, requester))
            .build();

    cannotBeRead(odd.toByteString());
  }

  @Test
  void whatIsNoMessageCannotBeRead() {
    cannotBeRead(ByteString.copyFrom(new byte[] {0x0a, 0x7f}));
  }

  private static void cannotBeRead(ByteString bytes) {
    assertThatThrownBy(() -> NetworkRequest.parse(bytes, Schema.BASE))
        .isInstanceOfSatisfying(
            NetworkRefusal.class,
            refusal -> {
              assertThat(refusal.code()).isEqualTo(Status.Code.INTERNAL);
              assertThat(refusal.status().getDescription()).contains("cannot be read");
            });
  }
}
