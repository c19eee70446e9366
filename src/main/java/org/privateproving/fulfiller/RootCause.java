package org.privateproving.fulfiller;

import java.util.concurrent.CompletionException;

/** What a stage really failed with. */
final class RootCause {
  private RootCause() {}

  static Throwable of(Throwable problem) {
    Throwable root = problem;
    while (root instanceof CompletionException && root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }
}
