package org.privateproving.network.upstream;

import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.privateproving.domain.RequestId;
import org.privateproving.network.NetworkRequest;
import org.privateproving.network.OwnRequests;
import org.privateproving.network.ProverNetwork.ReportOutcome;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Requests that the network assigned to us and that nobody here knows. They are adopted if their
 * input is here. If not, those that came through this service are failed at the network, so that
 * their clients need not wait for nothing; others are left to whoever they may belong to, since
 * another cluster may report with the same key. Thread-safe.
 */
final class Orphans {
  private static final Logger LOG = LoggerFactory.getLogger(Orphans.class);

  /**
   * Which of them are failed, and when.
   *
   * @param grace for how long one whose input is not here is left alone: it may be on its way
   *     through one of our gateways this very moment
   * @param all whether those are failed, too, that did not come through this service
   * @param publicUrl what the URIs of inputs begin with that were uploaded to this service; empty:
   *     not known
   */
  record Terms(Duration grace, boolean all, Optional<String> publicUrl) {
    private boolean coverUri(String stdinUri) {
      return publicUrl.filter(url -> stdinUri.startsWith(url + "/")).isPresent();
    }
  }

  enum Fate {
    ADOPTED,
    FAILED,
    /** For the next round. */
    LEFT,
    /** For somebody else. */
    OTHERS
  }

  private final OwnRequests own;
  private final Admissions admissions;
  private final Function<RequestId, CompletionStage<ReportOutcome>> inputsLost;
  private final Terms terms;
  private final Clock clock;
  private final Set<RequestId> told = ConcurrentHashMap.newKeySet();

  /**
   * @param inputsLost reports to the network that a request's input is lost
   */
  Orphans(
      OwnRequests own,
      Admissions admissions,
      Function<RequestId, CompletionStage<ReportOutcome>> inputsLost,
      Terms terms,
      Clock clock) {
    this.own = own;
    this.admissions = admissions;
    this.inputsLost = inputsLost;
    this.terms = terms;
    this.clock = clock;
  }

  CompletionStage<Fate> take(NetworkRequest listed) {
    return admissions
        .stdinUri(listed)
        .thenCompose(
            noted -> {
              // The network may not tell where a private input lies.
              NetworkRequest request = noted.map(listed::withStdinUri).orElse(listed);
              return own.adopt(request)
                  .thenCompose(
                      adopted -> adopted ? adopted(request) : giveUp(request, noted.isPresent()));
            });
  }

  private CompletionStage<Fate> adopted(NetworkRequest request) {
    LOG.info("{} was assigned to us and known to nobody here: adopted", request.id());
    return admissions.adopted(request).thenApply(_ -> Fate.ADOPTED);
  }

  private CompletionStage<Fate> giveUp(NetworkRequest request, boolean noted) {
    if (request.createdAt().plus(terms.grace()).isAfter(clock.instant())) {
      return CompletableFuture.completedStage(Fate.LEFT);
    }
    if (!terms.all() && !noted && !terms.coverUri(request.message().getStdinUri())) {
      if (told.add(request.id())) {
        LOG.warn(
            "{} was assigned to us and did not come through this service: left to whoever else"
                + " reports with this key",
            request.id());
      }
      return CompletableFuture.completedStage(Fate.OTHERS);
    }
    LOG.warn("{} was assigned to us, and its input is not here: failed", request.id());
    return inputsLost
        .apply(request.id())
        .thenApply(outcome -> outcome instanceof ReportOutcome.Taken ? Fate.FAILED : Fate.LEFT);
  }

  /**
   * @param assigned all that are assigned to us now: what was told of others is forgotten
   */
  void roundOver(Set<RequestId> assigned) {
    told.retainAll(assigned);
  }
}
