package org.privateproving.gateway;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.privateproving.domain.RequestId;
import org.privateproving.request.Requests;
import org.privateproving.request.Snapshot;

/** Status polls, which may be held until something happens: but not by a server that stops. */
final class Polls {
  private final Requests requests;
  private final Drain drain;

  Polls(Requests requests, Drain drain) {
    this.requests = requests;
    this.drain = drain;
  }

  CompletionStage<Optional<Snapshot>> poll(RequestId id) {
    if (drain.begun()) {
      return requests.find(id);
    }
    CompletableFuture<Optional<Snapshot>> answer = new CompletableFuture<>();
    settle(answer, requests.poll(id));
    // Taken back when the poll is answered: polls come by the thousand, the drain comes once.
    Drain.Registration registration = drain.onBegin(() -> settle(answer, requests.find(id)));
    return answer.whenComplete((_, _) -> registration.cancel());
  }

  private static <T> void settle(CompletableFuture<T> answer, CompletionStage<T> outcome) {
    outcome.whenComplete(
        (value, failure) -> {
          if (failure != null) {
            answer.completeExceptionally(failure);
          } else {
            answer.complete(value);
          }
        });
  }
}
