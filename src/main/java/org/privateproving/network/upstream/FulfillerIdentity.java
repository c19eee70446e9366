package org.privateproving.network.upstream;

import io.grpc.Status;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.privateproving.domain.Address;
import org.privateproving.network.Signer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The address that the network assigns our requests to: as configured, or whom our signer acts for
 * (an auction network lets a prover delegate to a signing key), or the signer itself. Asked for
 * until the network has answered once. Thread-safe.
 */
final class FulfillerIdentity {
  private static final Logger LOG = LoggerFactory.getLogger(FulfillerIdentity.class);

  private final NetworkClient network;
  private final Signer signer;
  private final CompletableFuture<Address> known = new CompletableFuture<>();

  FulfillerIdentity(NetworkClient network, Signer signer, Optional<Address> configured) {
    this.network = network;
    this.signer = signer;
    configured.ifPresent(known::complete);
  }

  CompletionStage<Address> get() {
    if (known.isDone()) {
      return known.copy();
    }
    return network
        .owner(signer.address())
        .exceptionallyCompose(
            failure ->
                isUnknownThere(failure)
                    ? CompletableFuture.completedStage(signer.address())
                    : CompletableFuture.failedStage(failure))
        .thenApply(
            address -> {
              if (known.complete(address)) {
                LOG.info("Requests of ours are those that the network assigns to {}", address);
              }
              return known.join();
            });
  }

  private static boolean isUnknownThere(Throwable failure) {
    Status.Code code =
        NetworkClient.refusal(failure).map(NetworkRefusal::code).orElse(Status.Code.UNKNOWN);
    return code == Status.Code.UNIMPLEMENTED || code == Status.Code.NOT_FOUND;
  }
}
