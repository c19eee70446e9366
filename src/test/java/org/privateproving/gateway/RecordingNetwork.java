package org.privateproving.gateway;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.privateproving.artifact.ArtifactId;
import org.privateproving.domain.Address;
import org.privateproving.domain.Refusal;
import org.privateproving.domain.Refusal.Reason;
import org.privateproving.domain.RequestId;
import org.privateproving.domain.VkHash;
import org.privateproving.network.EthereumSignature;
import org.privateproving.network.Ledger;
import org.privateproving.wire.network.GetMarketPricePerPguResponse;
import org.privateproving.wire.network.GetProofRequestParamsRequest;
import org.privateproving.wire.network.GetProofRequestParamsResponse;
import org.privateproving.wire.network.GetProversByUptimeRequest;
import org.privateproving.wire.network.GetProversByUptimeResponse;

/** A ledger in memory that remembers what it was told, and fails when it is told to. */
final class RecordingNetwork implements Ledger {
  static final byte[] TX = new byte[32];

  final Map<VkHash, Program> programs = new ConcurrentHashMap<>();
  final List<Signed> admitted = new CopyOnWriteArrayList<>();
  final List<Registration> registered = new CopyOnWriteArrayList<>();
  final List<Signed> cancellations = new CopyOnWriteArrayList<>();
  final List<RequestId> canceled = new CopyOnWriteArrayList<>();
  volatile @Nullable Supplier<CompletionStage<Long>> nonces;
  private final Map<String, RequestId> requests = new ConcurrentHashMap<>();
  private final AtomicLong nonce = new AtomicLong();

  @Override
  public CompletionStage<Long> nonce(Address signer) {
    var failing = nonces;
    return failing == null ? done(nonce.incrementAndGet()) : failing.get();
  }

  @Override
  public CompletionStage<Optional<Program>> program(VkHash vkHash) {
    return done(Optional.ofNullable(programs.get(vkHash)));
  }

  @Override
  public CompletionStage<Receipt> register(Signed message, Registration registration) {
    registered.add(registration);
    programs.putIfAbsent(
        registration.vkHash(),
        new Program(
            registration.vkHash(),
            registration.vk(),
            registration.programUri(),
            registration.artifact(),
            message.signer(),
            Instant.EPOCH));
    return done(new Receipt(TX));
  }

  @Override
  public CompletionStage<Admission> admit(Signed message, Admittee request) {
    admitted.add(message);
    Program program = programs.get(request.vkHash());
    if (program == null) {
      throw new Refusal(Reason.NOT_FOUND, "program is not registered");
    }
    RequestId id =
        requests.computeIfAbsent(
            message.signer() + request.stdinUri(),
            key -> RequestId.of(EthereumSignature.keccak256(key.getBytes())));
    return done(new Admission(id, TX, program));
  }

  @Override
  public CompletionStage<Receipt> cancel(Signed message, RequestId id) {
    cancellations.add(message);
    canceled.add(id);
    return done(new Receipt(TX));
  }

  @Override
  public CompletionStage<String> balance(Address account) {
    return done("42");
  }

  @Override
  public CompletionStage<GetProofRequestParamsResponse> params(
      GetProofRequestParamsRequest request) {
    return done(GetProofRequestParamsResponse.newBuilder().setBaseFee("0").build());
  }

  @Override
  public CompletionStage<GetProversByUptimeResponse> provers(GetProversByUptimeRequest request) {
    return done(GetProversByUptimeResponse.newBuilder().addProvers(Vectors.bytes(9, 20)).build());
  }

  @Override
  public CompletionStage<GetMarketPricePerPguResponse> marketPrice() {
    return done(GetMarketPricePerPguResponse.newBuilder().setPrice("1").build());
  }

  @Override
  public CompletionStage<ReportOutcome> report(RequestId id, Result result) {
    throw new AssertionError("the gateway reports nothing");
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
    throw new AssertionError("the gateway withdraws nothing");
  }

  private static <T> CompletionStage<T> done(T value) {
    return CompletableFuture.completedStage(value);
  }
}
