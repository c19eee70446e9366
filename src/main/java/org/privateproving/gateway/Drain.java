package org.privateproving.gateway;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Knows whether this server stops, and which HTTP/1.1 exchanges are under way. Thread-safe.
 *
 * <p>Only HTTP/1.1 is counted: when a binding is terminated, HTTP/2 connections get their GOAWAY
 * and live until their last stream has ended, but an HTTP/1.1 connection is cut as soon as its
 * response has begun, in the middle of a download.
 */
final class Drain {
  private final Map<Object, Runnable> releases = new ConcurrentHashMap<>();
  private final AtomicInteger underWay = new AtomicInteger();
  private final CompletableFuture<Void> idle = new CompletableFuture<>();
  private volatile boolean begun;

  /** Takes an action back. */
  @FunctionalInterface
  interface Registration {
    void cancel();
  }

  /** One exchange that is under way. Ending it again is fine. */
  final class Exchange {
    private final AtomicBoolean ended = new AtomicBoolean();

    void end() {
      if (ended.compareAndSet(false, true) && underWay.decrementAndGet() == 0 && begun) {
        idle.complete(null);
      }
    }
  }

  boolean begun() {
    return begun;
  }

  /** Stops holding polls; from here on everything is answered at once. Beginning again is fine. */
  void begin() {
    begun = true;
    releases.values().forEach(Runnable::run);
    releases.clear();
    if (underWay.get() == 0) {
      idle.complete(null);
    }
  }

  /** Runs {@code release} when the drain begins: at least once if it does, at most twice. */
  Registration onBegin(Runnable release) {
    // A key of its own, as one action may be registered by several.
    Object key = new Object();
    releases.put(key, release);
    if (begun) {
      release.run();
    }
    return () -> releases.remove(key);
  }

  Exchange enter() {
    underWay.incrementAndGet();
    return new Exchange();
  }

  int underWay() {
    return underWay.get();
  }

  /** Completes once the drain has begun and no exchange was under way at some moment since. */
  CompletionStage<Void> idle() {
    return idle;
  }
}
