package org.privateproving.network.upstream;

import io.grpc.Status;
import java.time.InstantSource;
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
  private final Remembered<Address> known;

  FulfillerIdentity(NetworkClient network, Signer signer, Optional<Address> configured) {
    this(network, signer, configured, InstantSource.system());
  }

  FulfillerIdentity(
      NetworkClient network, Signer signer, Optional<Address> configured, InstantSource clock) {
    this.network = network;
    this.signer = signer;
    this.known = new Remembered<>(clock);
    configured.ifPresent(address -> known.remember(address, true));
  }

  CompletionStage<Address> get() {
    Address remembered = known.get();
    if (remembered != null) {
      return CompletableFuture.completedStage(remembered);
    }
    return network
        .owner(signer.address())
        .thenApply(owner -> remember(owner, true))
        .exceptionallyCompose(
            failure ->
                NetworkClient.isCode(failure, Status.Code.UNIMPLEMENTED)
                        || NetworkClient.isCode(failure, Status.Code.NOT_FOUND)
                    ? CompletableFuture.completedStage(remember(signer.address(), false))
                    : CompletableFuture.failedStage(failure));
  }

  private Address remember(Address address, boolean certain) {
    if (known.get() == null) {
      LOG.info("Requests of ours are those that the network assigns to {}", address);
    }
    known.remember(address, certain);
    return address;
  }
}
