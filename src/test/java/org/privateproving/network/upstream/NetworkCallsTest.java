package org.privateproving.network.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.privateproving.network.upstream.NetworkKit.get;

import io.grpc.Status;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.privateproving.domain.Refusal;
import org.privateproving.domain.Refusal.Reason;
import org.privateproving.network.Methods;
import org.privateproving.network.NetworkRefusal;

class NetworkCallsTest {
  private static final String PATH = Methods.network("Anything");

  @Test
  void passesBytesOnAndBack() throws Exception {
    try (NetworkKit kit = new NetworkKit()) {
      byte[] message = {1, 2, 3, 0, -1};
      kit.network.on("Anything", bytes -> bytes);

      assertThat(get(kit.calls.call(PATH, message, null))).isEqualTo(message);
    }
  }

  @ParameterizedTest
  @EnumSource(value = Status.Code.class, mode = EnumSource.Mode.EXCLUDE, names = "OK")
  void tellsTheNetworksCodeAndMessage(Status.Code code) throws Exception {
    try (NetworkKit kit = new NetworkKit()) {
      kit.network.on(
          "Anything",
          _ -> {
            throw ScriptedNetwork.refusal(code, "so says the network");
          });

      assertThatThrownBy(() -> get(kit.calls.call(PATH, new byte[0], null)))
          .cause()
          .isInstanceOfSatisfying(
              NetworkRefusal.class,
              refusal -> {
                assertThat(refusal.code()).isEqualTo(code);
                assertThat(refusal.status().getDescription()).isEqualTo("so says the network");
              });
    }
  }

  @Test
  void tellsThatAConnectionBrokeAndNeverThatSomethingUnknownHappened() {
    Status closed = Status.UNKNOWN.withCause(new ClosedChannelException());

    assertThat(new Trailers().status(closed.asRuntimeException()).getCode())
        .isEqualTo(Status.Code.UNAVAILABLE);
  }

  @Test
  void keepsToItsBounds() throws Exception {
    try (NetworkKit kit = new NetworkKit(1000, 2, 3)) {
      AtomicInteger most = new AtomicInteger();
      AtomicInteger underWay = new AtomicInteger();
      CountDownLatch two = new CountDownLatch(2);
      CompletableFuture<byte[]> answer = new CompletableFuture<>();
      kit.network.on(
          "Anything",
          _ -> {
            most.accumulateAndGet(underWay.incrementAndGet(), Math::max);
            two.countDown();
            try {
              return answer.get(10, TimeUnit.SECONDS);
            } finally {
              underWay.decrementAndGet();
            }
          });

      List<CompletionStage<byte[]>> all = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        all.add(kit.calls.call(PATH, new byte[0], null));
      }
      assertThat(two.await(10, TimeUnit.SECONDS)).isTrue();
      long refused = all.stream().filter(NetworkCallsTest::isRefused).count();
      answer.complete(new byte[0]);

      for (CompletionStage<byte[]> call : all) {
        if (!isRefused(call)) {
          get(call);
        }
      }
      assertThat(most.get()).isEqualTo(2);
      // Two under way, three that wait, and what the stream holds between the two.
      assertThat(refused).isGreaterThan(30);
    }
  }

  private static boolean isRefused(CompletionStage<byte[]> call) {
    CompletableFuture<byte[]> future = call.toCompletableFuture();
    return future.isCompletedExceptionally()
        && future.exceptionNow() instanceof Refusal refusal
        && refusal.reason() == Reason.TRY_AGAIN;
  }

  @Test
  void leavesANetworkAloneThatDoesNotAnswerAndComesBackToIt() throws Exception {
    try (NetworkKit kit = new NetworkKit(3, 8, 100)) {
      kit.network.on(
          "Anything",
          _ -> {
            throw ScriptedNetwork.refusal(Status.Code.UNAVAILABLE, "away");
          });
      for (int i = 0; i < 3; i++) {
        assertThatThrownBy(() -> get(kit.calls.call(PATH, new byte[0], null)))
            .cause()
            .isInstanceOf(NetworkRefusal.class);
      }
      Awaitility.await().until(() -> kit.reachability.awaySince().isPresent());
      int calls = kit.network.received("Anything").size();
      assertThatThrownBy(() -> get(kit.calls.call(PATH, new byte[0], null)))
          .cause()
          .isInstanceOfSatisfying(
              Refusal.class, refusal -> assertThat(refusal.message()).contains("does not answer"));
      assertThat(kit.network.received("Anything")).hasSize(calls);

      kit.network.on("Anything", bytes -> bytes);
      Awaitility.await("the pause is over")
          .ignoreExceptionsInstanceOf(ExecutionException.class)
          .untilAsserted(
              () -> assertThat(get(kit.calls.call(PATH, new byte[] {4}, null))).containsExactly(4));
      // The breaker tells its listeners on another thread.
      Awaitility.await().until(() -> kit.reachability.awaySince().isEmpty());
    }
  }

  @Test
  void anAnswerThatRefusesIsAnAnswer() throws Exception {
    try (NetworkKit kit = new NetworkKit(3, 8, 100)) {
      kit.network.on(
          "Anything",
          _ -> {
            throw ScriptedNetwork.refusal(Status.Code.NOT_FOUND, "no such thing");
          });
      for (int i = 0; i < 10; i++) {
        assertThatThrownBy(() -> get(kit.calls.call(PATH, new byte[0], null)))
            .cause()
            .isInstanceOf(NetworkRefusal.class);
      }
      assertThat(kit.reachability.awaySince()).isEmpty();
    }
  }
}
