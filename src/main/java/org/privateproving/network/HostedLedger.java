package org.privateproving.network;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.privateproving.artifact.ArtifactId;
import org.privateproving.artifact.ArtifactStore;
import org.privateproving.database.Database;
import org.privateproving.domain.Address;
import org.privateproving.domain.Refusal;
import org.privateproving.domain.RequestId;
import org.privateproving.domain.VkHash;
import org.privateproving.wire.network.GetMarketPricePerPguResponse;
import org.privateproving.wire.network.GetProofRequestParamsRequest;
import org.privateproving.wire.network.GetProofRequestParamsResponse;
import org.privateproving.wire.network.GetProversByUptimeRequest;
import org.privateproving.wire.network.GetProversByUptimeResponse;

/**
 * A prover network of our own: programs, nonces and request ids in PostgreSQL, no account, nobody
 * else. Every result is taken at once; nothing costs anything.
 *
 * <p>A request's id and every transaction hash are digests of what they stand for, so whatever is
 * repeated gets the answer of the first time.
 */
public final class HostedLedger implements Ledger {
  /** What everybody has: the most that 64 bits hold, which every SDK can do sums with. */
  private static final String BALANCE = "18446744073709551615";

  private final Database database;
  private final ArtifactStore artifacts;
  private final byte[] idKey;
  private final Clock clock;
  private final ProgramTable programs = new ProgramTable();
  private final StoredPrograms stored;
  private final NonceTable nonces = new NonceTable();

  /**
   * @param idKey what request ids are made with; the same on every server and after every restart
   */
  public HostedLedger(Database database, ArtifactStore artifacts, byte[] idKey, Clock clock) {
    this.idKey = idKey.clone();
    this.database = database;
    this.artifacts = artifacts;
    this.stored = new StoredPrograms(database, artifacts);
    this.clock = clock;
  }

  @Override
  public CompletionStage<Long> nonce(Address signer) {
    return database.transact(connection -> nonces.next(connection, clock.instant()));
  }

  @Override
  public CompletionStage<Optional<Program>> program(VkHash vkHash) {
    return stored.find(vkHash);
  }

  @Override
  public CompletionStage<Receipt> register(Signed message, Registration registration) {
    return database
        .transact(
            connection -> {
              nonces.use(connection, message.signer(), message.nonce(), clock.instant());
              return programs.insert(connection, registration, message.signer(), clock.instant());
            })
        .thenCompose(
            inserted ->
                inserted ? CompletableFuture.completedFuture(null) : eraseSurplus(registration))
        .thenApply(_ -> receipt("register", registration.vkHash().bytes()));
  }

  /** Somebody registered the same program first: theirs stays, and this upload has no use. */
  private CompletionStage<Void> eraseSurplus(Registration registration) {
    return program(registration.vkHash())
        .thenCompose(
            kept ->
                kept.isPresent() && kept.get().artifact().equals(registration.artifact())
                    ? CompletableFuture.completedFuture(null)
                    : artifacts.erase(registration.artifact()));
  }

  @Override
  public CompletionStage<Admission> admit(Signed message, Admittee request) {
    return stored
        .find(request.vkHash())
        .thenApply(found -> found.orElseThrow(() -> notRegistered(request.vkHash())))
        .thenCompose(
            program ->
                database.transact(
                    connection -> {
                      nonces.use(connection, message.signer(), message.nonce(), clock.instant());
                      RequestId id = idOf(message.signer(), request.stdinUri());
                      return new Admission(id, digest("request-tx", id.bytes()), program);
                    }));
  }

  private static Refusal notRegistered(VkHash vkHash) {
    return new Refusal(
        Refusal.Reason.NOT_FOUND,
        "no program with vk hash " + vkHash + " is registered here; register it first");
  }

  @Override
  public CompletionStage<Receipt> cancel(Signed message, RequestId id) {
    return database.transact(
        connection -> {
          nonces.use(connection, message.signer(), message.nonce(), clock.instant());
          return receipt("cancel", id.bytes());
        });
  }

  @Override
  public CompletionStage<String> balance(Address account) {
    return CompletableFuture.completedFuture(BALANCE);
  }

  @Override
  public CompletionStage<GetProofRequestParamsResponse> params(
      GetProofRequestParamsRequest request) {
    return CompletableFuture.completedFuture(MarketConstants.PARAMS);
  }

  @Override
  public CompletionStage<GetProversByUptimeResponse> provers(GetProversByUptimeRequest request) {
    return CompletableFuture.completedFuture(MarketConstants.PROVERS);
  }

  @Override
  public CompletionStage<GetMarketPricePerPguResponse> marketPrice() {
    return CompletableFuture.completedFuture(
        GetMarketPricePerPguResponse.newBuilder()
            .setPrice(MarketConstants.PRICE)
            .setAsOf(clock.instant().getEpochSecond())
            .build());
  }

  /** The ledger is where the proof is already: there is nothing to send, and nobody to refuse. */
  @Override
  public CompletionStage<ReportOutcome> report(RequestId id, Result result) {
    return CompletableFuture.completedFuture(
        new ReportOutcome.Taken(digest("report-tx", id.bytes())));
  }

  @Override
  public boolean hearsOfFailures() {
    return false;
  }

  @Override
  public CompletionStage<Optional<String>> proofUri(RequestId id) {
    return CompletableFuture.completedFuture(Optional.empty());
  }

  /** A program is registered only when its bytes are here. */
  @Override
  public CompletionStage<Void> provide(VkHash vkHash, ArtifactId program) {
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletionStage<Void> withdraw(VkHash vkHash, ArtifactId program) {
    return stored.withdraw(vkHash, program);
  }

  /** Forgets nonces that are too old to be used, whoever used them. */
  public CompletionStage<Integer> forgetOldNonces() {
    return database.transact(connection -> nonces.forgetOld(connection, clock.instant()));
  }

  /**
   * An id is all it takes to fetch a proof, and a stdin URI may be known to others: so it takes the
   * key to make the one from the other.
   */
  private RequestId idOf(Address signer, String stdinUri) {
    return RequestId.of(
        digest("request", idKey, signer.bytes(), stdinUri.getBytes(StandardCharsets.UTF_8)));
  }

  private static Receipt receipt(String what, byte[] of) {
    return new Receipt(digest(what + "-tx", of));
  }

  /** SHA-256 under a tag, so that no digest of one kind is ever one of another. */
  private static byte[] digest(String tag, byte[]... parts) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      sha256.update(("private-proving/" + tag + "/1\0").getBytes(StandardCharsets.UTF_8));
      for (byte[] part : parts) {
        sha256.update(part);
      }
      return sha256.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
