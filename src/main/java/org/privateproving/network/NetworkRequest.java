package org.privateproving.network;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet.Field;
import io.grpc.Status;
import java.time.Instant;
import java.util.Optional;
import org.privateproving.domain.Address;
import org.privateproving.domain.RequestId;
import org.privateproving.domain.Schema;
import org.privateproving.wire.network.ProofRequest;

/**
 * A request as the network describes it: the fields of both schemas, and which schema it is.
 *
 * @param message as the network told it; its unknown fields are the tail of the schema
 */
public record NetworkRequest(RequestId id, Address requester, Schema schema, ProofRequest message) {
  private static final int BASE_FEE_OR_ERROR = 34;
  private static final int PRICE_OR_PRIVATE = 35;
  private static final int AUCTION_ERROR = 36;
  private static final int AUCTION_PRIVATE = 38;

  /** What a time comes to that lies further off: the network has 64 bits for it, we have fewer. */
  public static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

  /**
   * @throws NetworkRefusal INTERNAL if it cannot be read
   */
  public static NetworkRequest parse(ByteString bytes, Schema fallback) {
    return tryParse(bytes, fallback)
        .orElseThrow(
            () ->
                new NetworkRefusal(
                    Status.INTERNAL.withDescription(
                        "the network describes a request that cannot be read")));
  }

  /** The same; empty if it cannot be read. */
  public static Optional<NetworkRequest> tryParse(ByteString bytes, Schema fallback) {
    try {
      ProofRequest message = ProofRequest.parseFrom(bytes);
      return Optional.of(
          new NetworkRequest(
              RequestId.of(message.getRequestId().toByteArray()),
              Address.of(message.getRequester().toByteArray()),
              schema(message, fallback),
              message));
    } catch (InvalidProtocolBufferException | IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /** Tag 34 is a number in one schema and a text in the other. */
  private static Schema schema(ProofRequest message, Schema fallback) {
    var tail = message.getUnknownFields();
    if (tail.hasField(AUCTION_ERROR)
        || tail.hasField(AUCTION_PRIVATE)
        || isText(tail.getField(BASE_FEE_OR_ERROR))
        || isText(tail.getField(PRICE_OR_PRIVATE))) {
      return Schema.AUCTION;
    }
    if (tail.hasField(BASE_FEE_OR_ERROR) || tail.hasField(PRICE_OR_PRIVATE)) {
      return Schema.BASE;
    }
    return fallback;
  }

  private static boolean isText(Field field) {
    return !field.getLengthDelimitedList().isEmpty();
  }

  /** Who it is assigned to; empty: nobody yet. */
  public Optional<Address> fulfiller() {
    return message.hasFulfiller() && message.getFulfiller().size() == Address.BYTES
        ? Optional.of(Address.of(message.getFulfiller().toByteArray()))
        : Optional.empty();
  }

  /** Whether the requester asked the network not to publish where the input lies. */
  public boolean stdinPrivate() {
    int tag = schema == Schema.BASE ? PRICE_OR_PRIVATE : AUCTION_PRIVATE;
    return message.getUnknownFields().getField(tag).getVarintList().stream()
            .reduce(0L, (earlier, last) -> last)
        != 0;
  }

  /** Of the auction schema: base fee and price limit, as decimal strings. */
  public Optional<String> text(int tag) {
    return message.getUnknownFields().getField(tag).getLengthDelimitedList().stream()
        .reduce((earlier, last) -> last)
        .map(ByteString::toStringUtf8);
  }

  /** The same, with what we know where the network does not tell. */
  public NetworkRequest withStdinUri(String stdinUri) {
    return new NetworkRequest(
        id, requester, schema, message.toBuilder().setStdinUri(stdinUri).build());
  }

  public Instant createdAt() {
    return time(message.getCreatedAt());
  }

  public Instant deadline() {
    return time(message.getDeadline());
  }

  private static Instant time(long unsignedSeconds) {
    return Long.compareUnsigned(unsignedSeconds, LATEST.getEpochSecond()) < 0
        ? Instant.ofEpochSecond(unsignedSeconds)
        : LATEST;
  }
}
