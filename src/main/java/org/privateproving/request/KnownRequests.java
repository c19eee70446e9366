package org.privateproving.request;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.privateproving.domain.RequestId;

/**
 * Which ids may have a request, so that no actor is started, and no journal read, for ids that
 * somebody made up. A request has its row before its first event: no row, no request. What was
 * found is remembered, for a bounded number of ids; what was not is looked for again each time,
 * since another server may accept it any moment. Thread-safe.
 */
final class KnownRequests {
  private final RequestIndex index;
  private final Map<RequestId, Boolean> found;

  /**
   * @param most how many ids are remembered; those that were not asked about for longest go first
   */
  KnownRequests(RequestIndex index, int most) {
    this.index = index;
    this.found =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<RequestId, Boolean> eldest) {
            return size() > most;
          }
        };
  }

  /** Never fails: while the database does not answer, any may. */
  CompletionStage<Boolean> mayExist(RequestId id) {
    if (isRemembered(id)) {
      return CompletableFuture.completedStage(true);
    }
    return index
        .isRegistered(id)
        .thenApply(
            registered -> {
              if (registered) {
                remember(id);
              }
              return registered;
            })
        .exceptionally(_ -> true);
  }

  synchronized boolean isRemembered(RequestId id) {
    return found.get(id) != null;
  }

  synchronized void remember(RequestId id) {
    found.put(id, true);
  }
}
