package org.privateproving.gateway;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.Done;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.ServerBinding;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * How it works. ServerBinding.terminate does the right thing on HTTP/2: GOAWAY at once, streams in
 * flight run to their end, later ones are refused (which clients may retry), and the connection is
 * closed when the last byte is out (Http2Demux.triggerTermination, completeIfDone). On HTTP/1.1 it
 * does not: once a response has been handed over, its connection counts as idle and is cut, however
 * much of a download is still to come (GracefulTerminatorStage.installTerminationHandlers). A cut
 * download is a final error to the SDK, so HTTP/1.1 exchanges are waited for first. Meanwhile open
 * HTTP/2 connections are served as ever, but that no poll is held.
 */

/**
 * Ends calls in order when the actor system stops: no new connections → held polls are answered →
 * HTTP/1.1 exchanges end → GOAWAY → calls in flight end → connections are closed. All of it takes
 * {@code drain} at most; what is under way then is cut.
 */
final class Stopping {
  private static final Logger LOG = LoggerFactory.getLogger(Stopping.class);

  // The last bytes of a response leave its stream before they leave the socket.
  private static final Duration LINGER = Duration.ofMillis(250);
  private static final Duration LEAST = Duration.ofMillis(500);

  private final ActorSystem<?> system;
  private final ServerBinding binding;
  private final Drain drain;
  private final Duration limit;

  Stopping(ActorSystem<?> system, ServerBinding binding, Drain drain, Duration limit) {
    this.system = system;
    this.binding = binding;
    this.drain = drain;
    this.limit = limit;
  }

  void register() {
    CoordinatedShutdown shutdown = CoordinatedShutdown.get(system);
    shutdown.addTask(
        CoordinatedShutdown.PhaseServiceUnbind(),
        "gateway-unbind",
        () -> {
          drain.begin();
          return binding.unbind();
        });
    shutdown.addTask(
        CoordinatedShutdown.PhaseServiceRequestsDone(), "gateway-drain", this::drainAndClose);
  }

  private CompletionStage<Done> drainAndClose() {
    long start = System.nanoTime();
    LOG.info("Stopping: waiting for {} transfers", drain.underWay());
    return drain
        .idle()
        .toCompletableFuture()
        .copy()
        // The rest is for the calls on HTTP/2, which are short.
        .completeOnTimeout(
            null, limit.multipliedBy(3).dividedBy(4).toMillis(), TimeUnit.MILLISECONDS)
        .thenCompose(_ -> linger())
        .thenCompose(
            _ -> {
              if (drain.underWay() > 0) {
                LOG.warn("Stopping: cutting {} transfers off", drain.underWay());
              }
              Duration left = limit.minusNanos(System.nanoTime() - start).minus(LINGER);
              return binding.terminate(left.compareTo(LEAST) < 0 ? LEAST : left);
            })
        // Again: a connection counts as terminated when its last byte is on its way to the socket,
        // and
        // an actor system that ends before it got there resets the connection.
        .thenCompose(_ -> linger())
        .thenApply(_ -> Done.done());
  }

  private static CompletableFuture<Void> linger() {
    return new CompletableFuture<Void>()
        .completeOnTimeout(null, LINGER.toMillis(), TimeUnit.MILLISECONDS);
  }
}
