package org.privateproving.bench;

import java.util.Locale;
import org.privateproving.wire.network.FulfillmentStrategy;

/** Which network a client believes it speaks to, and so which messages it sends. */
public enum NetworkKind {
  /** The base schema, proofs from reserved capacity. */
  RESERVED(FulfillmentStrategy.RESERVED),
  /** The base schema, as the SDK's {@code hosted()} sends it. */
  HOSTED(FulfillmentStrategy.HOSTED),
  /** The auction schema. */
  MAINNET(FulfillmentStrategy.AUCTION);

  private final FulfillmentStrategy strategy;

  NetworkKind(FulfillmentStrategy strategy) {
    this.strategy = strategy;
  }

  FulfillmentStrategy strategy() {
    return strategy;
  }

  /** As it is written on the command line. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
