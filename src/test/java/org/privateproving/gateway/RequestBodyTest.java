package org.privateproving.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.privateproving.artifact.ArtifactId;
import org.privateproving.domain.Address;
import org.privateproving.domain.CircuitVersion;
import org.privateproving.domain.Digest;
import org.privateproving.domain.Refusal;
import org.privateproving.domain.Refusal.Reason;
import org.privateproving.domain.Schema;
import org.privateproving.request.Order;
import org.privateproving.request.Order.AuctionTerms;
import org.privateproving.sp1.ProofMode;
import org.privateproving.wire.network.RequestProofRequestBody;

class RequestBodyTest {
  private static final Instant NOW = Instant.ofEpochSecond(1_899_999_000);
  private static final ArtifactUrls URLS = new ArtifactUrls("https://gw.example");
  private static final ArtifactId STDIN = new ArtifactId(new UUID(1, 2));

  private final RequestBody bodies =
      new RequestBody(
          Set.of(new CircuitVersion("sp1-v6.1.0"), new CircuitVersion("sp1-v5.0.0")),
          Duration.ofDays(30),
          URLS);

  static Stream<Arguments> vectors() {
    return Stream.of(
        arguments(Vectors.BASE, Vectors.base(), Schema.BASE),
        arguments(Vectors.BASE_PRIVATE, Vectors.basePrivate(), Schema.BASE),
        arguments(Vectors.AUCTION, Vectors.auction(), Schema.AUCTION),
        arguments(Vectors.SDK_BASE, Vectors.sdkBase(), Schema.BASE),
        arguments(Vectors.SDK_AUCTION, Vectors.sdkAuction(), Schema.AUCTION));
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void readsAndWritesTheBytesOfTheSdk(String hex, RequestProofRequestBody body, Schema schema)
      throws InvalidProtocolBufferException {
    byte[] bytes = HexFormat.of().parseHex(hex);

    assertThat(body.toByteArray()).asHexString().isEqualToIgnoringCase(hex);
    assertThat(RequestProofRequestBody.parseFrom(bytes)).isEqualTo(body);
    assertThat(RequestBody.schema(RequestProofRequestBody.parseFrom(bytes))).isEqualTo(schema);
  }

  @Test
  void readsABaseBody() {
    Order.Terms order = parse(Vectors.base());

    assertThat(order.schema()).isEqualTo(Schema.BASE);
    assertThat(order.mode()).isEqualTo(ProofMode.GROTH16);
    assertThat(order.strategy()).isEqualTo(1);
    assertThat(order.stdin()).isEqualTo(STDIN);
    assertThat(order.deadline()).isEqualTo(Instant.ofEpochSecond(1_900_000_000));
    assertThat(Long.toUnsignedString(order.cycleLimit())).isEqualTo("18446744073709551615");
    assertThat(Long.toUnsignedString(order.gasLimit())).isEqualTo("18446744073709551615");
    assertThat(order.stdinPrivate()).isFalse();
    assertThat(order.publicValuesHash()).isEmpty();
    assertThat(order.auction()).isEmpty();
  }

  @Test
  void readsWhetherTheStdinOfABaseBodyIsPrivate() {
    assertThat(parse(Vectors.basePrivate()).stdinPrivate()).isTrue();
    assertThat(
            parse(
                    Vectors.basePrivate().toBuilder()
                        .setUnknownFields(Vectors.stdinPrivate(0))
                        .build())
                .stdinPrivate())
        .isFalse();
  }

  @Test
  void readsAnAuctionBody() {
    Order.Terms order = parse(Vectors.auction().toBuilder().setStdinPrivate(true).build());

    assertThat(order.schema()).isEqualTo(Schema.AUCTION);
    assertThat(order.version()).isEqualTo(new CircuitVersion("sp1-v5.0.0"));
    assertThat(order.minAuctionPeriod()).isEqualTo(1);
    assertThat(order.publicValuesHash()).contains(Digest.of(Vectors.bytes(4, 32).toByteArray()));
    assertThat(order.auction()).contains(new AuctionTerms("0", "0"));
    assertThat(order.stdinPrivate()).isTrue();
  }

  @Test
  void readsAnAuctionBodyOfANetworkThatGaveNoDomain() {
    assertThat(parse(Vectors.auction().toBuilder().clearDomain().build()).schema())
        .isEqualTo(Schema.AUCTION);
  }

  @Test
  void readsTheWhitelist() {
    Address fulfiller = Signer.THREE.address();
    RequestProofRequestBody body =
        Vectors.base().toBuilder().addWhitelist(ByteString.copyFrom(fulfiller.bytes())).build();

    assertThat(parse(body).whitelist()).containsExactly(fulfiller);
  }

  static Stream<Arguments> refusals() {
    return Stream.of(
        refusal(
            b -> b.setVkHash(Vectors.bytes(1, 31)), Reason.INVALID, "vk_hash: vk hash: 31 bytes"),
        refusal(
            b -> b.setVersion("sp1-v7.0.0"),
            Reason.FAILED_PRECONDITION,
            "version: sp1-v7.0.0 (this service proves: sp1-v5.0.0, sp1-v6.1.0)"),
        refusal(b -> b.clearVersion(), Reason.INVALID, "version: 0 characters"),
        refusal(b -> b.setVersion("x".repeat(65)), Reason.INVALID, "version: 65 characters"),
        refusal(b -> b.setVersion("sp1\n"), Reason.INVALID, "version:"),
        refusal(b -> b.clearMode(), Reason.INVALID, "mode: 0 (expected: 1 to 4)"),
        refusal(b -> b.setModeValue(5), Reason.INVALID, "mode: 5 (expected: 1 to 4)"),
        refusal(b -> b.clearStdinUri(), Reason.INVALID, "stdin_uri: 0 characters"),
        refusal(
            b -> b.setStdinUri("s3://bucket/stdins/1"),
            Reason.FAILED_PRECONDITION,
            "stdin_uri: not an artifact of this service"),
        refusal(
            b -> b.setStdinUri("https://gw.example/artifacts/a1"),
            Reason.FAILED_PRECONDITION,
            "stdin_uri: not an artifact"),
        refusal(b -> b.setStdinUri("x".repeat(1025)), Reason.INVALID, "stdin_uri: 1025 characters"),
        refusal(
            b -> b.setDeadline(NOW.getEpochSecond()),
            Reason.FAILED_PRECONDITION,
            "deadline: 1899999000 has passed"),
        refusal(b -> b.clearDeadline(), Reason.FAILED_PRECONDITION, "deadline: 0 has passed"),
        refusal(
            b -> b.setDeadline(NOW.getEpochSecond() + 30 * 86_400 + 1),
            Reason.INVALID,
            "deadline: 1902591001 (expected: at most 2592000 s from now"),
        refusal(b -> b.setDeadline(-1), Reason.INVALID, "deadline: 18446744073709551615 (expected"),
        refusal(
            b -> b.addAllWhitelist(Collections.nCopies(65, Vectors.bytes(1, 20))),
            Reason.INVALID,
            "whitelist: 65 addresses"),
        refusal(
            b -> b.addWhitelist(Vectors.bytes(1, 19)),
            Reason.INVALID,
            "whitelist: address: 19 bytes"),
        refusal(
            b -> b.setTreasury(Vectors.bytes(5, 20)),
            Reason.INVALID,
            "auctioneer: address: 0 bytes"),
        refusal(
            b -> b.mergeFrom(Vectors.auction()).setExecutor(Vectors.bytes(2, 21)),
            Reason.INVALID,
            "executor: address: 21 bytes"),
        refusal(
            b -> b.mergeFrom(Vectors.auction()).setPublicValuesHash(Vectors.bytes(2, 1)),
            Reason.INVALID,
            "public_values_hash: digest: 1 bytes"),
        refusal(
            b -> b.mergeFrom(Vectors.auction()).setBaseFee("0x1"),
            Reason.INVALID,
            "base_fee: not a decimal number"),
        refusal(
            b -> b.mergeFrom(Vectors.auction()).setMaxPricePerPgu("1".repeat(79)),
            Reason.INVALID,
            "max_price_per_pgu: 79 characters"),
        refusal(b -> b.mergeFrom(Vectors.auction()).setVariant(1), Reason.INVALID, "variant: 1"));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void refusesWithASentenceThatNamesTheField(
      UnaryOperator<RequestProofRequestBody.Builder> change, Reason reason, String sentence) {
    // What a merge brings along is made ours again.
    RequestProofRequestBody.Builder ours = ours(Vectors.base()).toBuilder();
    RequestProofRequestBody body = change.apply(ours).build();
    RequestProofRequestBody changed =
        body.getStdinUri().equals(Vectors.STDIN_URI) && body.hasPublicValuesHash()
            ? ours(body)
            : body;

    assertThatThrownBy(() -> bodies.parse(changed, NOW))
        .isInstanceOf(Refusal.class)
        .hasMessageStartingWith(sentence)
        .extracting(e -> ((Refusal) e).reason())
        .isEqualTo(reason);
  }

  private static Arguments refusal(
      UnaryOperator<RequestProofRequestBody.Builder> change, Reason reason, String sentence) {
    return arguments(change, reason, sentence);
  }

  private Order.Terms parse(RequestProofRequestBody body) {
    return bodies.parse(ours(body), NOW);
  }

  private static RequestProofRequestBody ours(RequestProofRequestBody body) {
    return body.toBuilder().setStdinUri(URLS.identifier(STDIN)).build();
  }
}
