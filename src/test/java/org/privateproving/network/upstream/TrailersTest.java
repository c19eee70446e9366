package org.privateproving.network.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.privateproving.network.upstream.NetworkKit.get;

import io.grpc.ClientStreamTracer.StreamInfo;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.privateproving.network.Methods;
import org.privateproving.network.NetworkRefusal;
import org.privateproving.network.upstream.BreakingNetwork.Frame;

class TrailersTest {
  private static final int CANCEL = 8;

  @Test
  void aStreamThatSomethingCancelsIsTriedAgain() throws Exception {
    isUnavailable(Frame.reset(CANCEL));
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403, 500, 502, 503, 504})
  void soIsACallThatIsAnsweredWithAnHttpErrorAlone(int status) throws Exception {
    isUnavailable(Frame.http(status));
  }

  @ParameterizedTest
  @EnumSource(
      value = Status.Code.class,
      names = {"CANCELLED", "UNKNOWN", "UNAUTHENTICATED", "PERMISSION_DENIED"})
  void whatTheNetworkItselfSaysStays(Status.Code code) {
    Status told = code.toStatus().withDescription("so says the network");
    Trailers trailers = new Trailers();
    trailers
        .newClientStreamTracer(StreamInfo.newBuilder().build(), new Metadata())
        .inboundTrailers(new Metadata());

    assertThat(trailers.status(told.asRuntimeException())).isEqualTo(told);
  }

  private static void isUnavailable(Frame answer) throws Exception {
    try (var kit = new NetworkKit();
        var network = new BreakingNetwork(answer)) {
      ManagedChannel channel =
          NettyChannelBuilder.forAddress("127.0.0.1", network.port())
              .usePlaintext()
              .disableRetry()
              .build();
      try {
        var calls =
            new NetworkCalls(
                channel, _ -> kit.reachability, NetworkKit.CALL_TIMEOUT, 1, 1, kit.materializer);

        assertThatThrownBy(() -> get(calls.call(Methods.network("GetNonce"), new byte[0], null)))
            .cause()
            .isInstanceOfSatisfying(
                NetworkRefusal.class,
                refusal -> assertThat(refusal.code()).isEqualTo(Status.Code.UNAVAILABLE));
      } finally {
        channel.shutdownNow();
      }
    }
  }
}
