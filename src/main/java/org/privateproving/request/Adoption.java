package org.privateproving.request;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import org.privateproving.artifact.ArtifactId;
import org.privateproving.artifact.ArtifactInfo;
import org.privateproving.artifact.ArtifactKind;
import org.privateproving.artifact.ArtifactStore;
import org.privateproving.domain.Address;
import org.privateproving.domain.CircuitVersion;
import org.privateproving.domain.Digest;
import org.privateproving.domain.Refusal;
import org.privateproving.domain.RequestId;
import org.privateproving.domain.RootCause;
import org.privateproving.domain.Schema;
import org.privateproving.domain.VkHash;
import org.privateproving.network.NetworkRequest;
import org.privateproving.network.OwnRequests;
import org.privateproving.network.Upstream;
import org.privateproving.sp1.ProofMode;
import org.privateproving.wire.network.ProofRequest;

/**
 * What the reconciler does with requests here: finds out which are known, takes on what the network
 * assigned to us, and closes what it closed.
 */
public final class Adoption implements OwnRequests {
  // In the auction schema's description of a request.
  private static final int BASE_FEE = 34;
  private static final int MAX_PRICE = 35;

  private final Requests requests;
  private final RequestIndex index;
  private final ArtifactStore artifacts;
  private final Upstream network;
  private final Set<CircuitVersion> versions;
  private final BiConsumer<RequestId, RequestCommand> sender;

  /**
   * @param versions the circuit versions that are proved here
   * @param sender sends a command to a request's actor
   */
  public Adoption(
      Requests requests,
      Surroundings around,
      Upstream network,
      Set<CircuitVersion> versions,
      BiConsumer<RequestId, RequestCommand> sender) {
    this.requests = requests;
    this.index = around.index();
    this.artifacts = around.artifacts();
    this.network = network;
    this.versions = Set.copyOf(versions);
    this.sender = sender;
  }

  @Override
  public CompletionStage<Boolean> isKnown(RequestId id) {
    return requests
        .find(id)
        .thenApply(found -> found.map(Snapshot::state).filter(State.Known.class::isInstance))
        .thenApply(Optional::isPresent);
  }

  @Override
  public CompletionStage<List<RequestId>> unproved(Optional<RequestId> after, int limit) {
    return index.unproved(after, limit);
  }

  @Override
  public void closed(RequestId id, Closure closure) {
    sender.accept(id, new RequestCommand.ClosedAtNetwork(closure));
  }

  @Override
  public CompletionStage<Boolean> adopt(NetworkRequest request) {
    Optional<Order.Terms> terms = terms(request);
    if (terms.isEmpty() || !versions.contains(terms.get().version())) {
      return CompletableFuture.completedStage(false);
    }
    Address requester = request.requester();
    return artifacts
        .find(terms.get().stdin())
        .thenCompose(
            stdin ->
                stdin.filter(info -> isUsable(info, request)).isPresent()
                    ? take(request, requester, terms.get())
                    : CompletableFuture.completedStage(false));
  }

  private static boolean isUsable(ArtifactInfo stdin, NetworkRequest request) {
    return stdin.complete()
        && stdin.kind() == ArtifactKind.STDIN
        && stdin.owner().equals(request.requester())
        && stdin.claimedBy().filter(other -> !other.equals(request.id().hex())).isEmpty();
  }

  private CompletionStage<Boolean> take(
      NetworkRequest request, Address requester, Order.Terms terms) {
    return artifacts
        .claim(terms.stdin(), requester, ArtifactKind.STDIN, request.id().hex())
        .thenCompose(
            _ -> network.program(terms.vkHash(), request.message().getProgramUri(), requester))
        .thenCompose(
            program ->
                requests.accept(
                    request.id(),
                    new Order(requester, terms, program.programUri(), program.artifact())))
        .thenApply(_ -> true)
        .exceptionallyCompose(
            failure ->
                RootCause.of(failure) instanceof Refusal refusal
                        && refusal.reason() != Refusal.Reason.TRY_AGAIN
                    ? CompletableFuture.completedStage(false)
                    : CompletableFuture.failedStage(failure));
  }

  /** Empty for what could not have come through our own gateway. */
  private static Optional<Order.Terms> terms(NetworkRequest request) {
    ProofRequest message = request.message();
    String uri = message.getStdinUri();
    Optional<ArtifactId> stdin = ArtifactId.parse(uri.substring(uri.lastIndexOf('/') + 1));
    Optional<ProofMode> mode = mode(message);
    if (stdin.isEmpty() || mode.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new Order.Terms(
              request.schema(),
              VkHash.of(message.getVkHash().toByteArray()),
              new CircuitVersion(message.getVersion()),
              mode.get(),
              message.getStrategyValue(),
              uri,
              stdin.get(),
              request.deadline(),
              message.getCycleLimit(),
              message.getGasLimit(),
              message.hasPublicValuesHash()
                  ? Optional.of(Digest.of(message.getPublicValuesHash().toByteArray()))
                  : Optional.empty(),
              request.stdinPrivate(),
              message.getMinAuctionPeriod(),
              message.getWhitelistList().stream().map(a -> Address.of(a.toByteArray())).toList(),
              auction(request)));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  private static Optional<ProofMode> mode(ProofRequest message) {
    return switch (message.getMode()) {
      case CORE -> Optional.of(ProofMode.CORE);
      case COMPRESSED -> Optional.of(ProofMode.COMPRESSED);
      case PLONK -> Optional.of(ProofMode.PLONK);
      case GROTH16 -> Optional.of(ProofMode.GROTH16);
      case UNSPECIFIED_PROOF_MODE, UNRECOGNIZED -> Optional.empty();
    };
  }

  private static Optional<Order.AuctionTerms> auction(NetworkRequest request) {
    return request.schema() == Schema.AUCTION
        ? Optional.of(
            new Order.AuctionTerms(
                request.text(BASE_FEE).orElse("0"), request.text(MAX_PRICE).orElse("0")))
        : Optional.empty();
  }
}
