package org.privateproving.network.upstream;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.stream.BoundedSourceQueue;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.SystemMaterializer;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.privateproving.artifact.ArtifactId;
import org.privateproving.artifact.ArtifactKind;
import org.privateproving.artifact.ArtifactStore;
import org.privateproving.domain.Address;
import org.privateproving.domain.Refusal;
import org.privateproving.domain.RootCause;
import org.privateproving.domain.VkHash;
import org.privateproving.network.ProgramUnavailable;
import org.privateproving.network.upstream.ProgramTransfer.Wanted;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings programs from where a prover network keeps them into the artifact store, each once. The
 * bytes are kept as they came and are not looked into: who proves with them checks the vk hash.
 *
 * <p>Any number of threads may use it. A few downloads run at once, a bounded number waits.
 */
public final class ProgramFetcher implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ProgramFetcher.class);
  private static final int MAX_AT_ONCE = 4;
  private static final int MAX_WAITING = 256;

  private final ArtifactStore artifacts;
  private final Duration totalTimeout;
  private final ProgramTransfer transfer;
  private final BoundedSourceQueue<Flight> queue;
  private final Map<ArtifactId, CompletableFuture<Void>> flights = new ConcurrentHashMap<>();

  public ProgramFetcher(
      ArtifactStore artifacts, ProgramSettings settings, ClassicActorSystemProvider system) {
    Materializer materializer = SystemMaterializer.get(system).materializer();
    this.artifacts = artifacts;
    totalTimeout = settings.totalTimeout();
    transfer = new ProgramTransfer(artifacts, settings, system);
    queue =
        Source.<Flight>queue(MAX_WAITING)
            .mapAsyncUnordered(MAX_AT_ONCE, this::fly)
            .to(Sink.ignore())
            .run(materializer);
  }

  /**
   * Completes when the program is complete in the store, which it may be already. Calls for an id
   * that is under way wait for the same download; another server may be at it too, and then the
   * first to end counts.
   *
   * <p>The stage ends within the configured total. It fails with {@link ProgramUnavailable} when
   * there is no sense in asking again, with a TRY_AGAIN {@link Refusal} when there is, and with
   * anything else when the store does not work.
   *
   * @param id of the program's artifact: for one program always the same
   * @param owner of the program's artifact: for one program always the same
   * @param programUri as the network has it
   */
  public CompletionStage<Void> provide(
      ArtifactId id, Address owner, VkHash vkHash, String programUri) {
    var landed = new CompletableFuture<Void>();
    CompletableFuture<Void> underWay = flights.putIfAbsent(id, landed);
    if (underWay != null) {
      return underWay.copy();
    }
    found(id)
        .thenCompose(
            found ->
                found
                    ? CompletableFuture.<Void>completedFuture(null)
                    : enqueued(new Wanted(id, owner, vkHash, ProgramUri.parse(programUri))))
        .whenComplete(
            (_, failure) -> {
              flights.remove(id, landed);
              if (failure == null) {
                landed.complete(null);
              } else {
                landed.completeExceptionally(RootCause.of(failure));
              }
            });
    return landed.copy();
  }

  /**
   * @param landed fails by itself when the total is over, wherever the flight is
   * @param deadline in terms of {@link System#nanoTime}
   */
  private record Flight(Wanted wanted, CompletableFuture<Void> landed, long deadline) {}

  private CompletionStage<Boolean> found(ArtifactId id) {
    return artifacts
        .find(id)
        .thenApply(
            found ->
                found
                    .filter(info -> info.complete() && info.kind() == ArtifactKind.PROGRAM)
                    .isPresent());
  }

  private CompletionStage<Void> enqueued(Wanted wanted) {
    long nanos = totalTimeout.toNanos();
    var landed = new CompletableFuture<Void>().orTimeout(nanos, TimeUnit.NANOSECONDS);
    var flight = new Flight(wanted, landed, System.nanoTime() + nanos);
    if (!queue.offer(flight).isEnqueued()) {
      return CompletableFuture.failedFuture(
          new Refusal(
              Refusal.Reason.TRY_AGAIN, "too many programs wait to be fetched; try again later"));
    }
    return landed.exceptionallyCompose(
        failure ->
            CompletableFuture.failedFuture(
                failure instanceof TimeoutException
                    ? new Refusal(
                        Refusal.Reason.TRY_AGAIN,
                        "the program at " + wanted.uri() + " could not be fetched in time")
                    : failure));
  }

  /** Never fails: that would end the queue. */
  private CompletionStage<Boolean> fly(Flight flight) {
    if (flight.landed().isDone()) {
      return CompletableFuture.completedFuture(false);
    }
    return transfer
        .run(flight.wanted(), flight.deadline())
        .handle(
            (info, failure) -> {
              if (failure == null) {
                LOG.info("Fetched program {}: {} bytes", flight.wanted().vkHash(), info.size());
                return flight.landed().complete(null);
              }
              Throwable cause = RootCause.of(failure);
              LOG.warn("Program {} was not fetched: {}", flight.wanted().vkHash(), shown(cause));
              return flight.landed().completeExceptionally(cause);
            });
  }

  private static String shown(Throwable failure) {
    return switch (failure) {
      case ProgramUnavailable unavailable -> String.valueOf(unavailable.getMessage());
      case Refusal refusal -> refusal.message();
      case Throwable other -> "the store failed (" + other.getClass().getSimpleName() + ")";
    };
  }

  /** What is under way breaks off and fails; nothing more is fetched. */
  @Override
  public void close() {
    // If the actors ended first, it has ended with them.
    if (!queue.isCompleted()) {
      queue.complete();
    }
    transfer.close();
  }
}
