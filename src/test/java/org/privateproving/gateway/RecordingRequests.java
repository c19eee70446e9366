package org.privateproving.gateway;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.privateproving.domain.Address;
import org.privateproving.domain.Refusal;
import org.privateproving.domain.RequestId;
import org.privateproving.request.Order;
import org.privateproving.request.RequestFilter;
import org.privateproving.request.Requests;
import org.privateproving.request.Snapshot;
import org.privateproving.request.State;

/** Requests in memory. Polls can be held for ever, and their arrival can be waited for. */
final class RecordingRequests implements Requests {
  final Map<RequestId, State> states = new ConcurrentHashMap<>();
  final List<RequestFilter> filters = new CopyOnWriteArrayList<>();
  final CountDownLatch polled = new CountDownLatch(1);
  volatile boolean holding;
  volatile int accepted;
  volatile boolean full;

  @Override
  public CompletionStage<Void> requireRoom(Address requester, Order.Terms terms) {
    return full
        ? CompletableFuture.failedStage(new Refusal(Refusal.Reason.FAILED_PRECONDITION, "full"))
        : CompletableFuture.completedStage(null);
  }

  @Override
  public CompletionStage<Void> accept(RequestId id, Order order) {
    accepted++;
    states.putIfAbsent(id, new State.Queued(facts(order)));
    return CompletableFuture.completedStage(null);
  }

  static State.Facts facts(Order order) {
    return new State.Facts(order, Instant.EPOCH, Instant.EPOCH, 0, 0, Optional.empty(), false);
  }

  @Override
  public CompletionStage<Optional<Snapshot>> poll(RequestId id) {
    polled.countDown();
    return holding ? new CompletableFuture<>() : find(id);
  }

  @Override
  public CompletionStage<Optional<Snapshot>> find(RequestId id) {
    return CompletableFuture.completedStage(
        Optional.ofNullable(states.get(id)).map(state -> new Snapshot(id, state)));
  }

  @Override
  public CompletionStage<Optional<Snapshot>> cancel(RequestId id, Address by) {
    return find(id);
  }

  @Override
  public CompletionStage<List<Snapshot>> list(RequestFilter filter) {
    filters.add(filter);
    return CompletableFuture.completedStage(
        states.entrySet().stream().map(e -> new Snapshot(e.getKey(), e.getValue())).toList());
  }
}
