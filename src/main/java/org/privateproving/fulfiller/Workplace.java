package org.privateproving.fulfiller;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * What outlives a fulfiller that loses its cluster: the device, with the keys it keeps warm, and
 * the job it is at. The next fulfiller goes on with both, so a lost cluster costs no work. Any
 * thread.
 */
public final class Workplace implements AutoCloseable {
  /** Opens the device: may take minutes, and runs on a thread of its own. */
  @FunctionalInterface
  interface DeviceOpener {
    CompletionStage<ProvingDevice> open(FulfillerSettings settings);
  }

  private final FulfillerSettings settings;
  private final DeviceOpener opener;
  private @Nullable CompletionStage<ProvingDevice> device;
  private @Nullable UnfinishedJob unfinished;
  private boolean closed;

  public Workplace(FulfillerSettings settings) {
    this(settings, NativeDevice::open);
  }

  Workplace(FulfillerSettings settings, DeviceOpener opener) {
    this.settings = settings;
    this.opener = opener;
  }

  /**
   * Opens the device unless it is open, or being opened; one that failed to open is tried again.
   */
  synchronized CompletionStage<ProvingDevice> device() {
    if (closed) {
      return CompletableFuture.failedFuture(new IllegalStateException("This workplace is closed."));
    }
    if (device == null || device.toCompletableFuture().isCompletedExceptionally()) {
      device = opener.open(settings);
    }
    return device;
  }

  synchronized boolean isOpen() {
    return device != null
        && device.toCompletableFuture().isDone()
        && !device.toCompletableFuture().isCompletedExceptionally();
  }

  /** Puts a job down for the next fulfiller. */
  synchronized void leave(UnfinishedJob job) {
    if (closed) {
      job.drop();
    } else {
      unfinished = job;
    }
  }

  /** What the last fulfiller left, once. */
  synchronized Optional<UnfinishedJob> takeUp() {
    Optional<UnfinishedJob> job = Optional.ofNullable(unfinished);
    unfinished = null;
    return job;
  }

  /** Lets go of the device, also of one that opens only later. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    takeUp().ifPresent(UnfinishedJob::drop);
    if (device != null) {
      device.thenAccept(ProvingDevice::close);
    }
  }
}
