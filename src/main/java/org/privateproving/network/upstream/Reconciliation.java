package org.privateproving.network.upstream;

import java.time.Clock;
import java.time.Duration;
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
import org.privateproving.domain.FailureCause;
import org.privateproving.domain.RequestId;
import org.privateproving.domain.RootCause;
import org.privateproving.network.NetworkRequest;
import org.privateproving.network.OwnRequests;
import org.privateproving.network.OwnRequests.Closure;
import org.privateproving.network.ProverNetwork.ReportOutcome;
import org.privateproving.network.ProverNetwork.Result;
import org.privateproving.wire.network.ExecutionStatus;
import org.privateproving.wire.network.FulfillmentStatus;
import org.privateproving.wire.network.GetProofRequestStatusResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One comparison of what the network has assigned to us with what we know. What only the network
 * knows is adopted, or failed there if it cannot be; what only we still work on is closed here.
 */
final class Reconciliation {
  private static final Logger LOG = LoggerFactory.getLogger(Reconciliation.class);
  private static final int PAGE = 100;
  private static final int MAX_PAGES = 1000;
  private static final int PARALLELISM = 8;

  /** What a round did. */
  record Findings(int assigned, int adopted, int failed, int closed) {}

  private record Assigned(Set<RequestId> ids, int adopted, int failed) {}

  private final NetworkClient network;
  private final FulfillerIdentity identity;
  private final Admissions admissions;
  private final Reports reports;
  private final OwnRequests own;
  private final Duration orphanGrace;
  private final Clock clock;
  private final Materializer materializer;

  /**
   * @param orphanGrace for how long a request whose input is not here is left alone: it may be on
   *     its way through one of our gateways this very moment
   */
  Reconciliation(
      NetworkClient network,
      FulfillerIdentity identity,
      Admissions admissions,
      Reports reports,
      OwnRequests own,
      Duration orphanGrace,
      Clock clock,
      Materializer materializer) {
    this.network = network;
    this.identity = identity;
    this.admissions = admissions;
    this.reports = reports;
    this.own = own;
    this.orphanGrace = orphanGrace;
    this.clock = clock;
    this.materializer = materializer;
  }

  CompletionStage<Findings> run() {
    return identity
        .get()
        .thenCompose(
            us ->
                assigned(us, 1, new Assigned(new HashSet<>(), 0, 0))
                    .thenCompose(
                        found ->
                            closeOthers(found.ids(), Optional.empty(), 0)
                                .thenApply(
                                    closed ->
                                        new Findings(
                                            found.ids().size(),
                                            found.adopted(),
                                            found.failed(),
                                            closed))));
  }

  private CompletionStage<Assigned> assigned(Address us, int page, Assigned soFar) {
    return network
        .assigned(us, clock.instant(), page)
        .thenCompose(
            requests ->
                Source.from(requests)
                    // One that was found not to be executable stays assigned.
                    .filter(request -> !isUnexecutable(request))
                    .mapAsyncUnordered(PARALLELISM, this::takeOn)
                    .runWith(Sink.seq(), materializer)
                    .thenCompose(
                        taken -> {
                          Set<RequestId> ids = new HashSet<>(soFar.ids());
                          requests.stream()
                              .filter(request -> !isUnexecutable(request))
                              .forEach(request -> ids.add(request.id()));
                          Assigned all =
                              new Assigned(
                                  ids,
                                  soFar.adopted() + count(taken, Taken.ADOPTED),
                                  soFar.failed() + count(taken, Taken.FAILED));
                          return NetworkClient.isFull(requests) && page < MAX_PAGES
                              ? assigned(us, page + 1, all)
                              : CompletableFuture.completedStage(all);
                        }));
  }

  private static boolean isUnexecutable(NetworkRequest request) {
    return request.message().getExecutionStatus() == ExecutionStatus.UNEXECUTABLE;
  }

  private enum Taken {
    KNOWN,
    ADOPTED,
    FAILED,
    LEFT
  }

  private static int count(List<Taken> all, Taken one) {
    return (int) all.stream().filter(one::equals).count();
  }

  private CompletionStage<Taken> takeOn(NetworkRequest request) {
    return own.isKnown(request.id())
        .thenCompose(
            known -> known ? CompletableFuture.completedStage(Taken.KNOWN) : adopt(request))
        .exceptionally(
            failure -> {
              LOG.warn("{}: not reconciled ({}); again later", request.id(), kind(failure));
              return Taken.LEFT;
            });
  }

  private CompletionStage<Taken> adopt(NetworkRequest request) {
    return own.adopt(request)
        .thenCompose(
            adopted -> {
              if (adopted) {
                LOG.info("{} was assigned to us and known to nobody here: adopted", request.id());
                return admissions.adopted(request).thenApply(_ -> Taken.ADOPTED);
              }
              if (request.createdAt().plus(orphanGrace).isAfter(clock.instant())) {
                return CompletableFuture.completedStage(Taken.LEFT);
              }
              LOG.warn("{} was assigned to us, and its input is not here", request.id());
              return reports
                  .report(request.id(), new Result.Failure(FailureCause.INPUTS_LOST))
                  .thenApply(
                      outcome ->
                          outcome instanceof ReportOutcome.Taken ? Taken.FAILED : Taken.LEFT);
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
              LOG.warn("{}: not reconciled ({}); again later", id, kind(failure));
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

  private static String kind(Throwable failure) {
    return NetworkClient.refusal(failure)
        .map(refusal -> refusal.code().toString())
        .orElseGet(() -> RootCause.of(failure).getClass().getSimpleName());
  }
}
