package org.privateproving.network.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.privateproving.network.upstream.NetworkKit.get;

import com.google.protobuf.ByteString;
import com.typesafe.config.ConfigFactory;
import io.grpc.Metadata;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.privateproving.domain.Address;
import org.privateproving.domain.RequestId;
import org.privateproving.domain.VkHash;
import org.privateproving.network.ProverNetwork.Admittee;
import org.privateproving.network.ProverNetwork.Authorization;
import org.privateproving.network.ProverNetwork.Signed;
import org.privateproving.wire.network.GetProofRequestDetailsResponse;
import org.privateproving.wire.network.ProofRequest;
import org.privateproving.wire.network.RequestProofResponse;
import org.privateproving.wire.network.RequestProofResponseBody;
import org.privateproving.wire.network.SignedRequest;
import org.privateproving.wire.network.SignedResponse;

class ForwardedAuthorizationTest {
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
  private static final Address ALICE = new Address("0a".repeat(20));
  private static final VkHash PROGRAM = new VkHash("0b".repeat(32));
  private static final RequestId ID = new RequestId("1d".repeat(32));
  private static final Signed MESSAGE =
      new Signed(
          SignedRequest.getDefaultInstance(),
          ALICE,
          1,
          Optional.of(new Authorization("Bearer secret")));

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void reachesTheNetworkIfTheOperatorSaysSo(boolean forwarded) throws Exception {
    try (ScriptedNetwork network = new ScriptedNetwork();
        ProgramFixture fixture = new ProgramFixture();
        ProgramFetcher programs =
            new ProgramFetcher(fixture.store, fixture.settings(), fixture.system);
        UpstreamNetwork upstream =
            new UpstreamNetwork(
                Adapter.toTyped(fixture.system),
                settings(network, forwarded),
                fixture.database,
                fixture.store,
                programs,
                Clock.systemUTC())) {
      network
          .on("RequestProof", _ -> accepted())
          .on("GetProofRequestDetails", _ -> details())
          .on("CancelRequest", _ -> SignedResponse.getDefaultInstance().toByteArray());

      get(upstream.admit(MESSAGE, new Admittee(PROGRAM, "http://here/" + UUID.randomUUID(), true)));
      get(upstream.cancel(MESSAGE, ID));

      Optional<String> expected = forwarded ? Optional.of("Bearer secret") : Optional.empty();
      assertThat(shown(network, "RequestProof")).containsExactly(expected);
      assertThat(shown(network, "CancelRequest")).containsExactly(expected);
      // What we ask ourselves we do not ask in a client's name.
      assertThat(shown(network, "GetProofRequestDetails")).containsExactly(Optional.empty());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Bearer secret", "Basic secret"})
  void showsItselfInNoLog(String header) {
    assertThat(new Authorization(header).toString()).doesNotContain("secret");
    assertThat(MESSAGE.toString()).doesNotContain("secret");
  }

  private static List<Optional<String>> shown(ScriptedNetwork network, String method) {
    return network.headers(method).stream()
        .map(headers -> Optional.ofNullable(headers.get(AUTHORIZATION)))
        .toList();
  }

  private static UpstreamSettings settings(ScriptedNetwork network, boolean forwarded) {
    return UpstreamSettings.from(
        ConfigFactory.parseMap(
                Map.of(
                    "private-proving.data",
                    "/unused",
                    "private-proving.network.rpc-url",
                    network.url().toString(),
                    "private-proving.network.fulfiller-key",
                    "02".repeat(32),
                    "private-proving.network.fulfiller",
                    NetworkKit.SIGNER.address().toString(),
                    "private-proving.network.schema",
                    "base",
                    "private-proving.network.forward-authorization",
                    forwarded))
            .withFallback(ConfigFactory.load()));
  }

  private static byte[] accepted() {
    return RequestProofResponse.newBuilder()
        .setTxHash(ByteString.copyFrom(new byte[32]))
        .setBody(RequestProofResponseBody.newBuilder().setRequestId(bytes(ID.bytes())))
        .build()
        .toByteArray();
  }

  private static byte[] details() {
    return GetProofRequestDetailsResponse.newBuilder()
        .setRequest(
            ProofRequest.newBuilder()
                .setRequestId(bytes(ID.bytes()))
                .setRequester(bytes(ALICE.bytes()))
                .setProgramUri("https://programs/1")
                .setFulfiller(bytes(NetworkKit.SIGNER.address().bytes()))
                .build()
                .toByteString())
        .build()
        .toByteArray();
  }

  private static ByteString bytes(byte[] bytes) {
    return ByteString.copyFrom(bytes);
  }
}
