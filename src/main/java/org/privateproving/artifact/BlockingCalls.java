package org.privateproving.artifact;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/** Runs what waits for the database or the network on a virtual thread of its own. */
final class BlockingCalls {
  private static final ThreadFactory THREADS = Thread.ofVirtual().name("artifact-", 0).factory();

  private BlockingCalls() {}

  /** The stage fails with exactly what {@code call} throws. */
  static <T extends @Nullable Object> CompletionStage<T> call(Callable<T> call) {
    var result = new CompletableFuture<T>();
    Runnable task =
        () -> {
          try {
            result.complete(call.call());
          } catch (Throwable e) {
            result.completeExceptionally(e);
          }
        };
    THREADS.newThread(task).start();
    return result;
  }
}
