package org.privateproving.request;

import java.time.Clock;
import org.privateproving.domain.RequestId;

/** Keeps a request's row of the read side up to date. Confined to the actor. */
final class IndexEntry {
  private final RequestId id;
  private final RequestIndex index;
  private final Clock clock;
  // What the read side was last told.
  private String told = "";

  IndexEntry(RequestId id, RequestIndex index, Clock clock) {
    this.id = id;
    this.index = index;
    this.clock = clock;
  }

  /** Writes the row if the state is another one than it was told before. */
  void follow(State state) {
    String seen = state.getClass().getSimpleName() + ":" + state.settled();
    if (state instanceof State.Known known && !seen.equals(told)) {
      told = seen;
      index.update(id, known, clock.instant());
    }
  }

  /** Writes it the next time in any case: what was told may have been lost on the way. */
  void doubt() {
    told = "";
  }
}
