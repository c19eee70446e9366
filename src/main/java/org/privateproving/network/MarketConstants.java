package org.privateproving.network;

import com.google.protobuf.ByteString;
import org.privateproving.wire.network.GetProofRequestParamsResponse;
import org.privateproving.wire.network.GetProversByUptimeResponse;

/**
 * What a mainnet client asks a market about, where there is none. The SDK wants addresses of
 * exactly 20 bytes and decimal prices that fit into 64 bits, and panics on anything else.
 */
final class MarketConstants {
  private static final ByteString NOBODY = ByteString.copyFrom(new byte[20]);

  /** The least price that stays above zero when the SDK takes its share of it. */
  static final String PRICE = "1";

  static final GetProofRequestParamsResponse PARAMS =
      GetProofRequestParamsResponse.newBuilder()
          // Nothing is settled on any chain, so there is no chain to separate from others.
          .setDomain(ByteString.copyFrom(new byte[32]))
          .setAuctioneer(NOBODY)
          .setExecutor(NOBODY)
          .setVerifier(NOBODY)
          .setTreasury(NOBODY)
          .setMaxPricePerPgu(PRICE)
          .setBaseFee("0")
          .setTickSize(1)
          .setNetworkFloorPricePerPgu("0")
          .build();

  /** No whitelist: this cluster is the only prover. */
  static final GetProversByUptimeResponse PROVERS = GetProversByUptimeResponse.getDefaultInstance();

  private MarketConstants() {}
}
