package org.privateproving.cli;

import java.util.List;

/** What a process does in its cluster. */
enum Roles {
  SERVER_AND_FULFILLER(true, true),
  SERVER(true, false),
  FULFILLER(false, true);

  static final String SERVER_ROLE = "server";
  static final String FULFILLER_ROLE = "fulfiller";

  private final boolean server;
  private final boolean fulfiller;

  Roles(boolean server, boolean fulfiller) {
    this.server = server;
    this.fulfiller = fulfiller;
  }

  /** Whether it faces clients and holds request actors. */
  boolean isServer() {
    return server;
  }

  /** Whether it owns a proving device. */
  boolean isFulfiller() {
    return fulfiller;
  }

  /** The names under which other nodes of the cluster know them. */
  List<String> names() {
    if (server && fulfiller) {
      return List.of(SERVER_ROLE, FULFILLER_ROLE);
    }
    return List.of(server ? SERVER_ROLE : FULFILLER_ROLE);
  }
}
