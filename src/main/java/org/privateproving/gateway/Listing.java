package org.privateproving.gateway;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.privateproving.domain.Address;
import org.privateproving.domain.Refusal;
import org.privateproving.domain.Refusal.Reason;
import org.privateproving.domain.VkHash;
import org.privateproving.request.RequestFilter;
import org.privateproving.wire.network.GetFilteredProofRequestsRequest;

/** Reads GetFilteredProofRequests. The call is not signed, so the operator decides who may list. */
final class Listing {
  private static final int DEFAULT_LIMIT = 10;
  private static final int MAX_LIMIT = 100;
  private static final int MAX_PAGE = 10_000;

  private Listing() {}

  /**
   * @throws Refusal NOT_ALLOWED, INVALID or UNSUPPORTED
   */
  static RequestFilter filter(
      GatewaySettings.Listing listing, GetFilteredProofRequestsRequest request) {
    switch (listing) {
      case OFF ->
          throw new Refusal(
              Reason.NOT_ALLOWED,
              "listing requests is switched off here; ask for each by its request id");
      case BY_REQUESTER -> {
        if (!request.hasRequester()) {
          throw new Refusal(
              Reason.NOT_ALLOWED, "requester: missing; requests are listed by requester only here");
        }
      }
    }
    requireOffered(request);
    return new RequestFilter(
        Optional.of(Bytes.read("requester", request.getRequester(), Address::of)),
        request.hasVkHash()
            ? Optional.of(Bytes.read("vk_hash", request.getVkHash(), VkHash::of))
            : Optional.empty(),
        request.hasVersion()
            ? Optional.of(WireFields.version(request.getVersion()))
            : Optional.empty(),
        request.hasMode() ? Optional.of(WireFields.mode(request.getModeValue())) : Optional.empty(),
        time(request.hasMinimumDeadline(), request.getMinimumDeadline()),
        time(request.hasFrom(), request.getFrom()),
        time(request.hasTo(), request.getTo()),
        request.hasLimit() ? bounded("limit", request.getLimit(), 1, MAX_LIMIT) : DEFAULT_LIMIT,
        page(request));
  }

  /** Counted from 1, as the network does; from 0 in what it yields. */
  private static int page(GetFilteredProofRequestsRequest request) {
    return Math.max(bounded("page", request.getPage(), 0, MAX_PAGE) - 1, 0);
  }

  /** A filter that we would ignore would list what its caller did not ask for. */
  private static void requireOffered(GetFilteredProofRequestsRequest request) {
    Map.of(
            "fulfillment_status", request.hasFulfillmentStatus(),
            "execution_status", request.hasExecutionStatus(),
            "fulfiller", request.hasFulfiller(),
            "not_bid_by", request.hasNotBidBy(),
            "execute_fail_cause", request.hasExecuteFailCause(),
            "settlement_status", request.hasSettlementStatus(),
            "error", request.hasError())
        .forEach(
            (field, set) -> {
              if (set) {
                throw new Refusal(
                    Reason.UNSUPPORTED, field + ": not offered as a filter; leave it out");
              }
            });
  }

  private static Optional<Instant> time(boolean given, long seconds) {
    // Unsigned, and anything past the year 9999 means the same as that year.
    long latest = 253_402_300_799L;
    return given
        ? Optional.of(Instant.ofEpochSecond(seconds < 0 ? latest : Math.min(seconds, latest)))
        : Optional.empty();
  }

  private static int bounded(String field, int value, int least, int most) {
    if (value < least || value > most) {
      throw new Refusal(
          Reason.INVALID,
          field
              + ": "
              + Integer.toUnsignedString(value)
              + " (expected: "
              + least
              + " to "
              + most
              + ")");
    }
    return value;
  }
}
