package org.privateproving.domain;

/** The two message schemas that SDK clients speak. */
public enum Schema {
  /** Reserved and hosted mode. */
  BASE,
  /** Mainnet mode. */
  AUCTION
}
