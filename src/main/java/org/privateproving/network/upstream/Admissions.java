package org.privateproving.network.upstream;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.privateproving.database.Database;
import org.privateproving.domain.Address;
import org.privateproving.domain.Refusal;
import org.privateproving.domain.Refusal.Reason;
import org.privateproving.domain.RequestId;
import org.privateproving.domain.VkHash;
import org.privateproving.network.NetworkRequest;
import org.privateproving.network.ProverNetwork.Admittee;
import org.privateproving.network.ProverNetwork.Signed;
import org.privateproving.network.upstream.AdmissionTable.Claim;
import org.privateproving.network.upstream.AdmissionTable.Key;
import org.privateproving.network.upstream.AdmissionTable.Registered;
import org.privateproving.network.upstream.AdmissionTable.Ticket;
import org.privateproving.network.upstream.AdmissionTable.Wanted;
import org.privateproving.wire.network.RequestProofResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Registers requests at the network, each input once: note the attempt → send the client's bytes →
 * note the id → wait until the network has assigned it → note whose it is.
 *
 * <p>Every step may be the last before a crash, or its answer may get lost. The next to come, the
 * same client again as a rule, goes on from the note: if an attempt was made and no id is known, it
 * looks whether the network has the request before it sends another. Two that come at once do not
 * both send, since one of them holds the claim, and whoever has lost it to another notes nothing.
 * And a message that is on its way for longer than its claim lasts cannot be followed by a second:
 * the client asked for its nonce before we looked, so only one of the two can have the next one.
 */
final class Admissions {
  private static final Logger LOG = LoggerFactory.getLogger(Admissions.class);
  private static final Duration LOOK_EVERY = Duration.ofMillis(250);
  private static final Executor LATER =
      CompletableFuture.delayedExecutor(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
  private static final Duration MARGIN = Duration.ofSeconds(10);

  /** What became of it, settled as ours. */
  record Ours(RequestId id, byte[] txHash, String programUri) {}

  private final Database database;
  private final AdmissionTable table = new AdmissionTable();
  private final AttemptTable attempts = new AttemptTable();
  private final EarlierAttempts earlier;
  private final NetworkClient network;
  private final FulfillerIdentity identity;
  private final Duration assignmentWait;
  private final Duration claimTerm;
  private final Clock clock;

  /**
   * @param identity whom what is ours is assigned to
   * @param assignmentWait how long the network may take to assign a request
   * @param callTimeout of calls to the network
   */
  Admissions(
      Database database,
      NetworkClient network,
      FulfillerIdentity identity,
      Duration assignmentWait,
      Duration callTimeout,
      Clock clock) {
    this.database = database;
    this.network = network;
    this.earlier = new EarlierAttempts(network);
    this.identity = identity;
    this.assignmentWait = assignmentWait;
    this.claimTerm = callTimeout.multipliedBy(3).plus(assignmentWait).plus(MARGIN);
    this.clock = clock;
  }

  /**
   * Registers the request that {@code message} asks for, or finds what became of it before. It is
   * sent as it is, with what its sender showed besides.
   *
   * @return fails with NOT_ALLOWED if it is assigned to somebody else, with the network's refusal,
   *     or with TRY_AGAIN: the next call goes on where this one ended
   */
  CompletionStage<Ours> admit(Signed message, Admittee request) {
    Key key = new Key(message.signer(), request.stdinUri());
    Ticket ticket = new Ticket(key, UUID.randomUUID());
    return database
        .transact(
            connection -> {
              if (!request.inputReady() && !table.exists(connection, key)) {
                throw noInput();
              }
              return table.claim(
                  connection,
                  new Wanted(key, request.vkHash()),
                  ticket.owner(),
                  clock.instant(),
                  claimTerm);
            })
        .thenCompose(
            claim ->
                switch (claim) {
                  case Claim.Mine mine -> goOn(message, ticket, mine, request.inputReady());
                  case Claim.Ours(Registered registered, String programUri) ->
                      CompletableFuture.completedStage(ours(registered, programUri));
                  case Claim.NotOurs(String refusal) ->
                      CompletableFuture.failedStage(new Refusal(Reason.NOT_ALLOWED, refusal));
                  case Claim.OtherProgram() ->
                      CompletableFuture.failedStage(
                          new Refusal(
                              Reason.INVALID,
                              "stdin_uri: was sent with another vk_hash before; upload the stdin"
                                  + " again"));
                  case Claim.Busy() ->
                      CompletableFuture.failedStage(
                          new Refusal(
                              Reason.TRY_AGAIN,
                              "this very request is being registered at the prover network; try"
                                  + " again"));
                });
  }

  /** Notes a request of ours that was found at the network. */
  CompletionStage<Void> adopted(NetworkRequest found) {
    Registered registered =
        new Registered(found.id(), TxHash.of(found.message().getTxHash().toByteArray()));
    Key key = new Key(found.requester(), found.message().getStdinUri());
    Wanted wanted = new Wanted(key, VkHash.of(found.message().getVkHash().toByteArray()));
    return database
        .<Boolean>transact(
            connection -> {
              table.adopt(
                  connection, wanted, registered, found.message().getProgramUri(), clock.instant());
              return true;
            })
        .thenAccept(_ -> {});
  }

  /**
   * Where the input of a request lies that came through here, or may have; empty: it did not, or
   * that was long ago.
   */
  CompletionStage<Optional<String>> stdinUri(NetworkRequest request) {
    Key listed = new Key(request.requester(), request.message().getStdinUri());
    return database.transact(
        connection -> {
          Optional<Key> noted = attempts.find(connection, request.id());
          if (noted.isEmpty() && table.exists(connection, listed)) {
            return Optional.of(listed.stdinUri());
          }
          return noted.map(Key::stdinUri);
        });
  }

  /** Forgets what is older than {@code time} and of no request that is known here. */
  CompletionStage<Integer> forget(Instant time) {
    return database.transact(connection -> table.forget(connection, time));
  }

  private CompletionStage<Ours> goOn(
      Signed message, Ticket ticket, Claim.Mine mine, boolean inputReady) {
    CompletionStage<Registered> registered =
        mine.registered()
            .<CompletionStage<Registered>>map(CompletableFuture::completedStage)
            .orElseGet(() -> register(message, ticket, mine.attempts(), inputReady));
    return registered
        .thenCompose(known -> settle(ticket, known))
        .exceptionallyCompose(
            failure -> release(ticket).thenCompose(_ -> CompletableFuture.failedStage(failure)));
  }

  private CompletionStage<Registered> register(
      Signed message, Ticket ticket, int attemptsBefore, boolean inputReady) {
    return (attemptsBefore == 0
            ? CompletableFuture.completedStage(Optional.<NetworkRequest>empty())
            : lookFor(ticket.key()))
        .thenCompose(
            found ->
                found.isPresent()
                    ? CompletableFuture.completedStage(
                        new Registered(
                            found.get().id(),
                            TxHash.of(found.get().message().getTxHash().toByteArray())))
                    : inputReady ? send(message, ticket) : CompletableFuture.failedStage(noInput()))
        .thenCompose(
            registered ->
                note(c -> table.setRegistered(c, ticket, registered)).thenApply(_ -> registered));
  }

  private CompletionStage<Optional<NetworkRequest>> lookFor(Key key) {
    return database
        .transact(connection -> attempts.of(connection, key))
        .thenCompose(ids -> later(earlier.find(key, ids)));
  }

  private static Refusal noInput() {
    return new Refusal(
        Reason.FAILED_PRECONDITION,
        "stdin_uri: no such artifact, or it expired; upload the stdin again");
  }

  private CompletionStage<Registered> send(Signed message, Ticket ticket) {
    RequestId id = EarlierAttempts.idOf(message.signer(), message.envelope().getBody());
    return note(c -> {
          boolean held = table.noteAttempt(c, ticket, clock.instant().plus(claimTerm));
          if (held) {
            attempts.note(c, ticket.key(), id);
          }
          return held;
        })
        .thenCompose(_ -> network.forward("RequestProof", message, RequestProofResponse.parser()))
        .thenApply(
            response ->
                new Registered(
                    RequestId.of(response.getBody().getRequestId().toByteArray()),
                    TxHash.of(response.getTxHash().toByteArray())));
  }

  private CompletionStage<Ours> settle(Ticket ticket, Registered registered) {
    return later(identity.get())
        .thenCompose(
            fulfiller ->
                assigned(registered.id(), assignmentWait)
                    .thenCompose(request -> settle(ticket, registered, request, fulfiller)));
  }

  private CompletionStage<Ours> settle(
      Ticket ticket, Registered registered, NetworkRequest request, Address fulfiller) {
    String programUri = request.message().getProgramUri();
    if (request.fulfiller().equals(Optional.of(fulfiller))) {
      return note(c -> table.setOurs(c, ticket, programUri))
          .thenApply(_ -> ours(registered, programUri));
    }
    if (request.fulfiller().isEmpty()) {
      return CompletableFuture.failedStage(
          new Refusal(
              Reason.TRY_AGAIN, "the network has not assigned this request yet; try again"));
    }
    String refusal = notOurs(request.fulfiller().get(), fulfiller);
    return note(c -> table.setNotOurs(c, ticket, refusal))
        .thenCompose(_ -> CompletableFuture.failedStage(new Refusal(Reason.NOT_ALLOWED, refusal)));
  }

  private static String notOurs(Address other, Address fulfiller) {
    return "the network assigned this request to "
        + other
        + ", not to the fulfiller of this service, "
        + fulfiller
        + "; private proving needs an account whose requests are reserved for it";
  }

  /** What the network says to a question of ours is not the client's to take for final. */
  private static <T> CompletionStage<T> later(CompletionStage<T> answer) {
    return answer.exceptionallyCompose(
        failure ->
            CompletableFuture.failedStage(
                NetworkClient.refusal(failure).isPresent()
                    ? new Refusal(
                        Reason.TRY_AGAIN,
                        "the prover network has the request, and does not say yet whose it is; try"
                            + " again")
                    : failure));
  }

  /** The request, once it is assigned or the time is up. */
  private CompletionStage<NetworkRequest> assigned(RequestId id, Duration left) {
    return later(network.details(id))
        .thenCompose(
            found -> {
              NetworkRequest request =
                  found.orElseThrow(
                      () ->
                          new Refusal(
                              Reason.TRY_AGAIN,
                              "the prover network does not know request "
                                  + id
                                  + " yet; try again"));
              return request.fulfiller().isPresent() || left.compareTo(LOOK_EVERY) < 0
                  ? CompletableFuture.completedStage(request)
                  : CompletableFuture.supplyAsync(() -> left.minus(LOOK_EVERY), LATER)
                      .thenCompose(less -> assigned(id, less));
            });
  }

  private CompletionStage<Void> release(Ticket ticket) {
    return database
        .transact(connection -> table.release(connection, ticket))
        .handle(
            (_, failure) -> {
              if (failure != null) {
                LOG.warn("The claim on a request was not released; it runs out by itself");
              }
              return null;
            });
  }

  @FunctionalInterface
  private interface Note {
    boolean make(Connection connection) throws SQLException;
  }

  /** What another has taken over meanwhile is theirs to note; the client's next call finds it. */
  private CompletionStage<Void> note(Note note) {
    return database
        .transact(note::make)
        .thenAccept(
            held -> {
              if (!held) {
                throw new Refusal(
                    Reason.TRY_AGAIN,
                    "this took too long, and another call goes on with this request; try again");
              }
            });
  }

  private static Ours ours(Registered registered, String programUri) {
    return new Ours(registered.id(), registered.txHash(), programUri);
  }
}
