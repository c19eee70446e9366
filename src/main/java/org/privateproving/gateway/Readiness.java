package org.privateproving.gateway;

import java.util.List;
import java.util.concurrent.CompletionStage;

/** Whether this server can do its work; what there is to check, the rest of the program knows. */
@FunctionalInterface
public interface Readiness {

  /** Looks now. A stage that fails or takes seconds counts as not ready. */
  CompletionStage<List<Check>> checks();

  /**
   * One thing that must be well.
   *
   * @param reason what is wrong, or how it is; read by everybody, so it holds no secret
   * @param vital whether this server should get no calls while it is not well
   */
  record Check(String name, boolean ready, String reason, boolean vital) {
    public Check(String name, boolean ready, String reason) {
      this(name, ready, reason, true);
    }
  }
}
