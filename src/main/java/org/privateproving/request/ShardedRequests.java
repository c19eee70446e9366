package org.privateproving.request;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.pekko.Done;
import org.apache.pekko.actor.Cancellable;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.apache.pekko.cluster.sharding.typed.javadsl.EntityRef;
import org.apache.pekko.japi.function.Function;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.privateproving.domain.Address;
import org.privateproving.domain.Refusal;
import org.privateproving.domain.RequestId;
import org.privateproving.domain.RootCause;
import org.privateproving.request.RequestCommand.Answer;

/** {@link Requests} by way of cluster sharding. */
public final class ShardedRequests implements Requests {
  private static final int LIST_PARALLELISM = 8;
  // What was sent to a server that has just died is lost; its requests soon have another home.
  private static final Duration ASK_AGAIN_AFTER = Duration.ofSeconds(1);
  // A few hundred bytes each.
  private static final int MOST_KNOWN = 50_000;

  private final ActorSystem<?> system;
  private final ClusterSharding sharding;
  private final Surroundings around;
  private final KnownRequests known;
  private final Doorkeeper door;

  public ShardedRequests(ActorSystem<?> system, Surroundings around) {
    this.system = system;
    this.sharding = ClusterSharding.get(system);
    this.around = around;
    this.known = new KnownRequests(around.index(), MOST_KNOWN);
    this.door = new Doorkeeper(around);
  }

  @Override
  public CompletionStage<Void> requireRoom(Address requester, Order.Terms terms) {
    return door.admit(requester, terms);
  }

  @Override
  public CompletionStage<Void> accept(RequestId id, Order order) {
    return around
        .index()
        .register(id, order, around.clock().instant())
        .thenCompose(
            _ -> {
              known.remember(id);
              return this.<Done>ask(
                  id,
                  replyTo -> new RequestCommand.Accept(order, replyTo),
                  around.settings().askTimeout());
            })
        .thenAccept(_ -> {});
  }

  @Override
  public CompletionStage<Optional<Snapshot>> poll(RequestId id) {
    Duration patience = around.settings().askTimeout().plus(around.settings().hold());
    return askKnown(id, replyTo -> new RequestCommand.Poll(true, replyTo), patience);
  }

  @Override
  public CompletionStage<Optional<Snapshot>> find(RequestId id) {
    return askKnown(
        id, replyTo -> new RequestCommand.Poll(false, replyTo), around.settings().askTimeout());
  }

  @Override
  public CompletionStage<Optional<Snapshot>> cancel(RequestId id, Address by) {
    return askKnown(
        id, replyTo -> new RequestCommand.Cancel(by, replyTo), around.settings().askTimeout());
  }

  @Override
  public CompletionStage<List<Snapshot>> list(RequestFilter filter) {
    return around
        .index()
        .matching(filter)
        .thenCompose(
            ids ->
                Source.from(ids)
                    .mapAsync(LIST_PARALLELISM, this::find)
                    .mapConcat(found -> found.map(List::of).orElse(List.of()))
                    .runWith(Sink.seq(), system));
  }

  private CompletionStage<Optional<Snapshot>> askKnown(
      RequestId id, Function<ActorRef<Answer>, RequestCommand> command, Duration timeout) {
    return known
        .mayExist(id)
        .thenCompose(
            mayExist ->
                mayExist
                    ? this.<Answer>ask(id, command, timeout).thenApply(Answer::snapshot)
                    : CompletableFuture.completedStage(Optional.empty()));
  }

  private <R> CompletionStage<R> ask(
      RequestId id, Function<ActorRef<R>, RequestCommand> command, Duration timeout) {
    return askAgainAndAgain(id, command, timeout)
        .exceptionally(
            failure -> {
              throw RootCause.of(failure) instanceof TimeoutException
                  ? new Refusal(
                      Refusal.Reason.TRY_AGAIN,
                      "the request's actor did not answer in "
                          + timeout.toSeconds()
                          + " s; please try again")
                  : new CompletionException(failure);
            });
  }

  /** What requests are asked for may be asked for as often as one likes. */
  private <R> CompletionStage<R> askAgainAndAgain(
      RequestId id, Function<ActorRef<R>, RequestCommand> command, Duration timeout) {
    EntityRef<RequestCommand> request = sharding.entityRefFor(ProofRequest.TYPE_KEY, id.hex());
    AtomicReference<RequestCommand> asked = new AtomicReference<>();
    CompletionStage<R> answer =
        request.ask(
            replyTo -> {
              RequestCommand question = command.apply(replyTo);
              asked.set(question);
              return question;
            },
            timeout);
    Cancellable again =
        system
            .scheduler()
            .scheduleAtFixedRate(
                ASK_AGAIN_AFTER,
                ASK_AGAIN_AFTER,
                () -> request.tell(asked.get()),
                system.executionContext());
    return answer.whenComplete((_, _) -> again.cancel());
  }
}
