package org.privateproving.gateway;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.privateproving.artifact.ArtifactId;
import org.privateproving.domain.Address;
import org.privateproving.domain.CircuitVersion;
import org.privateproving.domain.Digest;
import org.privateproving.domain.Schema;
import org.privateproving.domain.VkHash;
import org.privateproving.network.ProverNetwork.Program;
import org.privateproving.request.Order;
import org.privateproving.request.Order.AuctionTerms;
import org.privateproving.sp1.ProofMode;

/** What a RequestProof body says, every field checked by itself; nothing has been looked up yet. */
record ParsedOrder(
    Schema schema,
    VkHash vkHash,
    CircuitVersion version,
    ProofMode mode,
    int strategy,
    String stdinUri,
    ArtifactId stdin,
    Instant deadline,
    long cycleLimit,
    long gasLimit,
    Optional<Digest> publicValuesHash,
    boolean stdinPrivate,
    long minAuctionPeriod,
    List<Address> whitelist,
    Optional<AuctionTerms> auction) {

  Order order(Address requester, Program program) {
    return new Order(
        requester,
        schema,
        vkHash,
        version,
        mode,
        strategy,
        stdinUri,
        stdin,
        program.programUri(),
        program.artifact(),
        deadline,
        cycleLimit,
        gasLimit,
        publicValuesHash,
        stdinPrivate,
        minAuctionPeriod,
        whitelist,
        auction);
  }
}
