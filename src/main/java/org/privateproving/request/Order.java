package org.privateproving.request;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.privateproving.artifact.ArtifactId;
import org.privateproving.domain.Address;
import org.privateproving.domain.CircuitVersion;
import org.privateproving.domain.Digest;
import org.privateproving.domain.Schema;
import org.privateproving.domain.VkHash;
import org.privateproving.sp1.ProofMode;

/**
 * What a requester ordered. It never changes, is stored in the journal with {@code Accepted}, and
 * holds nothing that is private.
 *
 * @param terms what the requester signed; in the journal their fields stand beside the others
 */
public record Order(
    Address requester, @JsonUnwrapped Terms terms, String programUri, ArtifactId program) {

  /**
   * What the body of a RequestProof says.
   *
   * @param strategy the wire number of the fulfilment strategy, given back as it came
   * @param stdinUri identifies the input; opens nothing
   * @param cycleLimit unsigned 64 bits
   * @param gasLimit unsigned 64 bits
   * @param publicValuesHash what the client's own simulation committed to, if it ran one
   * @param auction what only mainnet clients send, given back as it came
   */
  public record Terms(
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
      Optional<AuctionTerms> auction) {}

  /** Decimal strings, as they came. */
  public record AuctionTerms(String baseFee, String maxPricePerPgu) {}
}
