package org.privateproving.domain;

import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/**
 * What a stage or a future really failed with, out of what the next ones wrap it in, however often.
 * A cause of its own stays within it.
 */
public final class RootCause {
  private RootCause() {}

  public static Throwable of(Throwable failure) {
    Throwable root = failure;
    while (isWrapper(root) && root.getCause() instanceof Throwable cause) {
      root = cause;
    }
    return root;
  }

  private static boolean isWrapper(Throwable failure) {
    return failure instanceof CompletionException || failure instanceof ExecutionException;
  }
}
