package org.privateproving.network.upstream;

import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.SystemMaterializer;
import org.privateproving.domain.Schema;
import org.privateproving.network.LocalSigner;

/** A scripted network and our side of the connection to it. */
final class NetworkKit implements AutoCloseable {
  static final Duration CALL_TIMEOUT = Duration.ofSeconds(5);
  static final LocalSigner SIGNER = LocalSigner.of("02".repeat(32));

  /** Long enough for a test to look while it lasts. */
  private static final Duration PAUSE = Duration.ofSeconds(2);

  final ActorTestKit actors = ActorTestKit.create();
  final Materializer materializer = SystemMaterializer.get(actors.system()).materializer();
  final ScriptedNetwork network;
  final Reachability reachability;
  final NetworkCalls calls;
  final NetworkClient client;
  private final ManagedChannel channel;

  NetworkKit(int maxFailures, int atOnce, int waiting) throws IOException {
    network = new ScriptedNetwork();
    channel =
        NettyChannelBuilder.forAddress("127.0.0.1", network.url().getPort())
            .usePlaintext()
            .disableRetry()
            .build();
    reachability =
        new Reachability(
            actors.system(),
            "The network",
            maxFailures,
            CALL_TIMEOUT.plusSeconds(1),
            PAUSE,
            Clock.systemUTC());
    calls =
        new NetworkCalls(channel, _ -> reachability, CALL_TIMEOUT, atOnce, waiting, materializer);
    client = new NetworkClient(calls, Optional.of(Schema.BASE));
  }

  NetworkKit() throws IOException {
    this(1000, 8, 100);
  }

  static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    channel.shutdownNow();
    network.close();
    actors.shutdownTestKit();
  }
}
