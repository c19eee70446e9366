package org.privateproving.network.upstream;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.privateproving.database.Database;
import org.privateproving.domain.Address;
import org.privateproving.domain.Refusal;
import org.privateproving.domain.Refusal.Reason;
import org.privateproving.domain.RequestId;
import org.privateproving.network.upstream.AdmissionTable.Claim;
import org.privateproving.network.upstream.AdmissionTable.Key;
import org.privateproving.network.upstream.AdmissionTable.Registered;
import org.privateproving.wire.network.RequestProofResponse;
import org.privateproving.wire.network.SignedRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Registers requests at the network, each input once: note the attempt → send the client's bytes →
 * note the id → wait until the network has assigned it → note whose it is.
 *
 * <p>Every step may be the last before a crash, or its answer may get lost. The next to come, the
 * same client again as a rule, goes on from the note: if an attempt was made and no id is known, it
 * looks whether the network has the request before it sends another. Two that come at once do not
 * both send, since one of them holds the claim. And a message that is on its way for longer than
 * its claim lasts cannot be followed by a second: the client asked for its nonce before we looked,
 * so only one of the two can have the next one.
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
    this.identity = identity;
    this.assignmentWait = assignmentWait;
    this.claimTerm = callTimeout.multipliedBy(3).plus(assignmentWait).plus(MARGIN);
    this.clock = clock;
  }

  /**
   * Registers the request that {@code envelope} asks for, or finds what became of it before.
   *
   * @return fails with NOT_ALLOWED if it is assigned to somebody else, with the network's refusal,
   *     or with TRY_AGAIN: the next call goes on where this one ended
   */
  CompletionStage<Ours> admit(SignedRequest envelope, Address requester, String stdinUri) {
    Key key = new Key(requester, stdinUri);
    return database
        .transact(connection -> table.claim(connection, key, clock.instant(), claimTerm))
        .thenCompose(
            claim ->
                switch (claim) {
                  case Claim.Mine mine -> goOn(envelope, key, mine);
                  case Claim.Ours(Registered registered, String programUri) ->
                      CompletableFuture.completedStage(ours(registered, programUri));
                  case Claim.NotOurs(String refusal) ->
                      CompletableFuture.failedStage(new Refusal(Reason.NOT_ALLOWED, refusal));
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
        new Registered(found.id(), txHash(found.message().getTxHash().toByteArray()));
    Key key = new Key(found.requester(), found.message().getStdinUri());
    return note(
        c -> table.setOurs(c, key, registered, found.message().getProgramUri(), clock.instant()));
  }

  /** Forgets what is older than {@code time} and of no request that is known here. */
  CompletionStage<Integer> forget(Instant time) {
    return database.transact(connection -> table.forget(connection, time));
  }

  private CompletionStage<Ours> goOn(SignedRequest envelope, Key key, Claim.Mine mine) {
    CompletionStage<Registered> registered =
        mine.registered()
            .<CompletionStage<Registered>>map(CompletableFuture::completedStage)
            .orElseGet(() -> register(envelope, key, mine.first()));
    return registered
        .thenCompose(known -> settle(key, known))
        .exceptionallyCompose(
            failure -> release(key).thenCompose(_ -> CompletableFuture.failedStage(failure)));
  }

  private CompletionStage<Registered> register(SignedRequest envelope, Key key, boolean first) {
    CompletionStage<Optional<NetworkRequest>> earlier =
        first
            ? CompletableFuture.completedStage(Optional.empty())
            : network.find(key.requester(), key.stdinUri());
    return earlier
        .thenCompose(
            found ->
                found.isPresent()
                    ? CompletableFuture.completedStage(
                        new Registered(
                            found.get().id(),
                            txHash(found.get().message().getTxHash().toByteArray())))
                    : send(envelope))
        .thenCompose(
            registered ->
                note(c -> table.setRegistered(c, key, registered)).thenApply(_ -> registered));
  }

  private CompletionStage<Registered> send(SignedRequest envelope) {
    return network
        .forward("RequestProof", envelope, RequestProofResponse.parser())
        .thenApply(
            response ->
                new Registered(
                    RequestId.of(response.getBody().getRequestId().toByteArray()),
                    txHash(response.getTxHash().toByteArray())));
  }

  private CompletionStage<Ours> settle(Key key, Registered registered) {
    return identity
        .get()
        .thenCompose(
            fulfiller ->
                assigned(registered.id(), assignmentWait)
                    .thenCompose(request -> settle(key, registered, request, fulfiller)));
  }

  private CompletionStage<Ours> settle(
      Key key, Registered registered, NetworkRequest request, Address fulfiller) {
    String programUri = request.message().getProgramUri();
    if (request.fulfiller().equals(Optional.of(fulfiller))) {
      return note(c -> table.setOurs(c, key, registered, programUri, clock.instant()))
          .thenApply(_ -> ours(registered, programUri));
    }
    String refusal = notOurs(request, fulfiller);
    // Unassigned, it may still become ours: the next call or the reconciler sees it.
    CompletionStage<Void> noted =
        request.fulfiller().isPresent()
            ? note(c -> table.setNotOurs(c, key, refusal))
            : CompletableFuture.completedStage(null);
    return noted.thenCompose(
        _ -> CompletableFuture.failedStage(new Refusal(Reason.NOT_ALLOWED, refusal)));
  }

  private static String notOurs(NetworkRequest request, Address fulfiller) {
    return request
            .fulfiller()
            .map(other -> "the network assigned this request to " + other)
            .orElse("the network has not assigned this request")
        + ", not to the fulfiller of this service, "
        + fulfiller
        + "; private proving needs an account whose requests are reserved for it";
  }

  /** The request, once it is assigned or the time is up. */
  private CompletionStage<NetworkRequest> assigned(RequestId id, Duration left) {
    return network
        .details(id)
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

  private CompletionStage<Void> release(Key key) {
    return note(c -> table.release(c, key))
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
    void make(Connection connection) throws SQLException;
  }

  private CompletionStage<Void> note(Note note) {
    return database
        .<Boolean>transact(
            connection -> {
              note.make(connection);
              return true;
            })
        .thenAccept(_ -> {});
  }

  private static Ours ours(Registered registered, String programUri) {
    return new Ours(registered.id(), registered.txHash(), programUri);
  }

  /** Of exactly 32 bytes, as clients insist. */
  private static byte[] txHash(byte[] told) {
    return told.length == 32 ? told : new byte[32];
  }
}
