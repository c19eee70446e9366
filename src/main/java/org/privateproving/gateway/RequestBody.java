package org.privateproving.gateway;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.privateproving.artifact.ArtifactId;
import org.privateproving.domain.Address;
import org.privateproving.domain.CircuitVersion;
import org.privateproving.domain.Digest;
import org.privateproving.domain.Refusal;
import org.privateproving.domain.Refusal.Reason;
import org.privateproving.domain.Schema;
import org.privateproving.domain.VkHash;
import org.privateproving.request.Order;
import org.privateproving.request.Order.AuctionTerms;
import org.privateproving.wire.network.RequestProofRequestBody;

/**
 * Reads a RequestProof body, in either schema. A pure function of the body, the clock and what this
 * service offers.
 */
final class RequestBody {
  private static final int MAX_URI = 1024;
  private static final int MAX_VERSION = 64;
  private static final int MAX_WHITELIST = 64;
  // 2^256 has 78 decimal digits.
  private static final int MAX_DIGITS = 78;
  private static final int STDIN_PRIVATE_IN_BASE = 12;

  private final Set<CircuitVersion> versions;
  private final Duration maxDeadline;
  private final ArtifactUrls urls;

  RequestBody(Set<CircuitVersion> versions, Duration maxDeadline, ArtifactUrls urls) {
    this.versions = Set.copyOf(versions);
    this.maxDeadline = maxDeadline;
    this.urls = urls;
  }

  /**
   * @throws Refusal INVALID or FAILED_PRECONDITION, naming the field
   */
  Order.Terms parse(RequestProofRequestBody body, Instant now) {
    Schema schema = schema(body);
    return new Order.Terms(
        schema,
        Bytes.read("vk_hash", body.getVkHash(), VkHash::of),
        version(body.getVersion()),
        WireFields.mode(body.getModeValue()),
        body.getStrategyValue(),
        body.getStdinUri(),
        stdin(body.getStdinUri()),
        deadline(body.getDeadline(), now),
        body.getCycleLimit(),
        body.getGasLimit(),
        body.hasPublicValuesHash()
            ? Optional.of(Bytes.read("public_values_hash", body.getPublicValuesHash(), Digest::of))
            : Optional.empty(),
        stdinPrivate(body, schema),
        body.getMinAuctionPeriod(),
        whitelist(body.getWhitelistList()),
        schema == Schema.AUCTION ? Optional.of(auction(body)) : Optional.empty());
  }

  /**
   * A body of the base schema ends with tag 12, a varint. Anything later, or a tag 12 that is
   * length-delimited (an auction's domain), makes it one of the auction schema.
   */
  static Schema schema(RequestProofRequestBody body) {
    boolean auction =
        !body.getDomain().isEmpty()
            || !body.getAuctioneer().isEmpty()
            || !body.getExecutor().isEmpty()
            || !body.getVerifier().isEmpty()
            || body.hasPublicValuesHash()
            || !body.getBaseFee().isEmpty()
            || !body.getMaxPricePerPgu().isEmpty()
            || body.getVariant() != 0
            || !body.getTreasury().isEmpty()
            || body.getStdinPrivate();
    return auction ? Schema.AUCTION : Schema.BASE;
  }

  private static boolean stdinPrivate(RequestProofRequestBody body, Schema schema) {
    return switch (schema) {
      case AUCTION -> body.getStdinPrivate();
      // Declared as the auction's bytes, so a varint lands among the unknown fields.
      case BASE ->
          body.getUnknownFields().getField(STDIN_PRIVATE_IN_BASE).getVarintList().stream()
                  .reduce(0L, (earlier, last) -> last)
              != 0;
    };
  }

  private CircuitVersion version(String wire) {
    bounded("version", wire, MAX_VERSION);
    CircuitVersion version = WireFields.version(wire);
    if (!versions.contains(version)) {
      Set<String> offered = new TreeSet<>();
      versions.forEach(one -> offered.add(one.wire()));
      throw new Refusal(
          Reason.FAILED_PRECONDITION,
          "version: "
              + wire
              + " (this service proves: "
              + String.join(", ", offered)
              + "); use an SDK of that circuit version");
    }
    return version;
  }

  private ArtifactId stdin(String uri) {
    bounded("stdin_uri", uri, MAX_URI);
    return urls.parse(uri)
        .orElseThrow(
            () ->
                new Refusal(
                    Reason.FAILED_PRECONDITION,
                    "stdin_uri: not an artifact of this service; upload the stdin here, with"
                        + " CreateArtifact, and give its artifact_uri"));
  }

  private Instant deadline(long seconds, Instant now) {
    Instant latest = now.plus(maxDeadline);
    // Unsigned: anything from 2^63 up is far in the future, too.
    if (seconds < 0 || seconds > latest.getEpochSecond()) {
      throw invalid(
          "deadline: "
              + Long.toUnsignedString(seconds)
              + " (expected: at most "
              + maxDeadline.toSeconds()
              + " s from now, "
              + latest.getEpochSecond()
              + "); set a shorter timeout");
    }
    if (seconds <= now.getEpochSecond()) {
      throw new Refusal(
          Reason.FAILED_PRECONDITION,
          "deadline: "
              + seconds
              + " has passed (it is "
              + now.getEpochSecond()
              + "); set a longer timeout, and check the clock");
    }
    return Instant.ofEpochSecond(seconds);
  }

  private static List<Address> whitelist(List<ByteString> entries) {
    if (entries.size() > MAX_WHITELIST) {
      throw invalid(
          "whitelist: " + entries.size() + " addresses (expected: at most " + MAX_WHITELIST + ")");
    }
    return entries.stream().map(entry -> Bytes.read("whitelist", entry, Address::of)).toList();
  }

  private static AuctionTerms auction(RequestProofRequestBody body) {
    Bytes.read("auctioneer", body.getAuctioneer(), Address::of);
    Bytes.read("executor", body.getExecutor(), Address::of);
    Bytes.read("verifier", body.getVerifier(), Address::of);
    Bytes.read("treasury", body.getTreasury(), Address::of);
    if (!body.getDomain().isEmpty()) {
      Bytes.read("domain", body.getDomain(), Digest::of);
    }
    if (body.getVariant() != 0) {
      throw invalid("variant: " + body.getVariant() + " (expected: 0, a request)");
    }
    return new AuctionTerms(
        decimal("base_fee", body.getBaseFee()),
        decimal("max_price_per_pgu", body.getMaxPricePerPgu()));
  }

  private static String decimal(String field, String text) {
    bounded(field, text, MAX_DIGITS);
    if (!text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw invalid(field + ": not a decimal number");
    }
    return text;
  }

  private static void bounded(String field, String text, int most) {
    if (text.isEmpty() || text.length() > most) {
      throw invalid(field + ": " + text.length() + " characters (expected: 1 to " + most + ")");
    }
  }

  private static Refusal invalid(String message) {
    return new Refusal(Reason.INVALID, message);
  }
}
