package org.privateproving.network.upstream;

import java.time.Clock;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.privateproving.domain.Address;
import org.privateproving.domain.RequestId;
import org.privateproving.network.NetworkRequest;
import org.privateproving.network.OwnRequests;
import org.privateproving.network.OwnRequests.Closure;
import org.privateproving.network.upstream.Orphans.Fate;
import org.privateproving.wire.network.ExecutionStatus;
import org.privateproving.wire.network.FulfillmentStatus;
import org.privateproving.wire.network.GetProofRequestStatusResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One comparison of what the network has assigned to us with what we know. What only the network
 * knows is left to {@link Orphans}; what only we still work on is closed here.
 */
final class Reconciliation {
  private static final Logger LOG = LoggerFactory.getLogger(Reconciliation.class);
  private static final int PAGE = 100;
  private static final int MAX_PAGES = 1000;
  private static final int PARALLELISM = 8;

  /** What a round did. */
  record Findings(int assigned, int adopted, int failed, int others, int closed) {}

  private record Assigned(Set<RequestId> ids, int adopted, int failed, int others) {}

  private final NetworkClient network;
  private final FulfillerIdentity identity;
  private final Orphans orphans;
  private final OwnRequests own;
  private final Clock clock;
  private final Materializer materializer;

  Reconciliation(
      NetworkClient network,
      FulfillerIdentity identity,
      Orphans orphans,
      OwnRequests own,
      Clock clock,
      Materializer materializer) {
    this.network = network;
    this.identity = identity;
    this.orphans = orphans;
    this.own = own;
    this.clock = clock;
    this.materializer = materializer;
  }

  CompletionStage<Findings> run() {
    return identity
        .get()
        .thenCompose(
            us ->
                assigned(us, 1, new Assigned(new HashSet<>(), 0, 0, 0))
                    .thenCompose(
                        found -> {
                          orphans.roundOver(found.ids());
                          return closeOthers(found.ids(), Optional.empty(), 0)
                              .thenApply(
                                  closed ->
                                      new Findings(
                                          found.ids().size(),
                                          found.adopted(),
                                          found.failed(),
                                          found.others(),
                                          closed));
                        }));
  }

  private CompletionStage<Assigned> assigned(Address us, int page, Assigned soFar) {
    return network
        .assigned(us, clock.instant(), page)
        .thenCompose(
            listed ->
                Source.from(listed.requests())
                    // One that was found not to be executable stays assigned.
                    .filter(request -> !isUnexecutable(request))
                    .mapAsyncUnordered(PARALLELISM, this::takeOn)
                    .runWith(Sink.seq(), materializer)
                    .thenCompose(
                        taken -> {
                          Set<RequestId> ids = new HashSet<>(soFar.ids());
                          listed.requests().stream()
                              .filter(request -> !isUnexecutable(request))
                              .forEach(request -> ids.add(request.id()));
                          Assigned all =
                              new Assigned(
                                  ids,
                                  soFar.adopted() + count(taken, Fate.ADOPTED),
                                  soFar.failed() + count(taken, Fate.FAILED),
                                  soFar.others() + count(taken, Fate.OTHERS));
                          return listed.isFull() && page < MAX_PAGES
                              ? assigned(us, page + 1, all)
                              : CompletableFuture.completedStage(all);
                        }));
  }

  private static boolean isUnexecutable(NetworkRequest request) {
    return request.message().getExecutionStatus() == ExecutionStatus.UNEXECUTABLE;
  }

  private static int count(List<Optional<Fate>> all, Fate one) {
    return (int) all.stream().flatMap(Optional::stream).filter(one::equals).count();
  }

  /** Empty for what is known here. */
  private CompletionStage<Optional<Fate>> takeOn(NetworkRequest request) {
    return own.isKnown(request.id())
        .thenCompose(
            known ->
                known
                    ? CompletableFuture.completedStage(Optional.<Fate>empty())
                    : orphans.take(request).thenApply(Optional::of))
        .exceptionally(
            failure -> {
              LOG.warn(
                  "{}: not reconciled ({}); again later", request.id(), ShownFailure.of(failure));
              return Optional.of(Fate.LEFT);
            });
  }

  private CompletionStage<Integer> closeOthers(
      Set<RequestId> assigned, Optional<RequestId> after, int soFar) {
    return own.unproved(after, PAGE)
        .thenCompose(
            ids ->
                Source.from(ids)
                    .filter(id -> !assigned.contains(id))
                    .mapAsyncUnordered(PARALLELISM, this::closeIfClosed)
                    .runWith(Sink.seq(), materializer)
                    .thenCompose(
                        closed -> {
                          int count = soFar + (int) closed.stream().filter(c -> c).count();
                          return ids.size() == PAGE
                              ? closeOthers(assigned, Optional.of(ids.getLast()), count)
                              : CompletableFuture.completedStage(count);
                        }));
  }

  private CompletionStage<Boolean> closeIfClosed(RequestId id) {
    return network
        .status(id)
        .thenApply(
            status -> {
              Optional<Closure> closure = closure(status);
              closure.ifPresent(
                  how -> {
                    LOG.info("{} was closed at the network: {}", id, how);
                    own.closed(id, how);
                  });
              return closure.isPresent();
            })
        .exceptionally(
            failure -> {
              LOG.warn("{}: not reconciled ({}); again later", id, ShownFailure.of(failure));
              return false;
            });
  }

  static Optional<Closure> closure(GetProofRequestStatusResponse status) {
    if (status.getFulfillmentStatus() == FulfillmentStatus.FULFILLED) {
      return Optional.of(Closure.FULFILLED);
    }
    if (status.getExecutionStatus() == ExecutionStatus.UNEXECUTABLE
        || status.getExecutionStatus() == ExecutionStatus.VALIDATION_FAILED) {
      return Optional.of(Closure.UNEXECUTABLE);
    }
    return switch (status.getFulfillmentStatus()) {
      case UNFULFILLABLE, REVERTED -> Optional.of(Closure.UNFULFILLABLE);
      case EXPIRED -> Optional.of(Closure.EXPIRED);
      case UNSPECIFIED_FULFILLMENT_STATUS, REQUESTED, ASSIGNED, FULFILLED, UNRECOGNIZED ->
          Optional.empty();
    };
  }
}
