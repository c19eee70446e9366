package org.privateproving.network;

import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.privateproving.domain.Address;
import org.privateproving.domain.VkHash;
import org.privateproving.wire.network.GetMarketPricePerPguResponse;
import org.privateproving.wire.network.GetProofRequestParamsRequest;
import org.privateproving.wire.network.GetProofRequestParamsResponse;
import org.privateproving.wire.network.GetProversByUptimeRequest;
import org.privateproving.wire.network.GetProversByUptimeResponse;

/**
 * A prover network that is ours to run: it also keeps programs and nonces, and tells clients what
 * they ask a network about.
 */
public interface Ledger extends ProverNetwork {

  /** A number for {@code signer} to sign its next message with. */
  CompletionStage<Long> nonce(Address signer);

  CompletionStage<Optional<Program>> program(VkHash vkHash);

  /**
   * Registers a program whose ELF is complete in the artifact store. Registering what is registered
   * already answers as the first time did.
   */
  CompletionStage<Receipt> register(Signed message, Registration registration);

  /** Decimal, in the network's smallest unit. */
  CompletionStage<String> balance(Address account);

  CompletionStage<GetProofRequestParamsResponse> params(GetProofRequestParamsRequest request);

  CompletionStage<GetProversByUptimeResponse> provers(GetProversByUptimeRequest request);

  CompletionStage<GetMarketPricePerPguResponse> marketPrice();
}
