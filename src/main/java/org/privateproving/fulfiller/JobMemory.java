package org.privateproving.fulfiller;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one job holds outside the Java heap, freed together and each once, the latest first. Any
 * thread may call.
 *
 * <p>INVARIANT: whatever was passed to {@link #hold} is closed, at the latest, by {@link #close};
 * what comes after that is closed on the spot.
 */
final class JobMemory implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(JobMemory.class);

  private final Deque<AutoCloseable> held = new ArrayDeque<>();
  private boolean closed;

  /**
   * Takes ownership.
   *
   * @throws IllegalStateException when this is closed; {@code resource} is closed as well then
   */
  <R extends AutoCloseable> R hold(R resource) {
    if (!accepts(resource)) {
      free(List.of(resource));
      throw new IllegalStateException("This job is closed.");
    }
    return resource;
  }

  private synchronized boolean accepts(AutoCloseable resource) {
    if (!closed) {
      held.push(resource);
    }
    return !closed;
  }

  /** Closes one of them early; nothing happens if it is not held, or no longer. */
  void release(AutoCloseable resource) {
    if (forgets(resource)) {
      free(List.of(resource));
    }
  }

  private synchronized boolean forgets(AutoCloseable resource) {
    return held.removeIf(candidate -> candidate == resource);
  }

  @Override
  public void close() {
    free(takeAll());
  }

  private synchronized List<AutoCloseable> takeAll() {
    closed = true;
    List<AutoCloseable> all = List.copyOf(held);
    held.clear();
    return all;
  }

  /** One that cannot be closed keeps no other from it. */
  private static void free(List<AutoCloseable> resources) {
    for (AutoCloseable resource : resources) {
      try {
        resource.close();
      } catch (Exception e) {
        String kind = e.getClass().getSimpleName();
        LOG.warn("{} could not be freed: {}", resource.getClass().getSimpleName(), kind);
      }
    }
  }
}
