package org.privateproving.cluster;

import org.apache.pekko.actor.setup.Setup;
import org.privateproving.database.Database;

/**
 * Gives a server's actor system the database that decides a split: the one thing that all servers
 * share. A node without it leaves such decisions to those that have it.
 */
public final class SplitArbiter extends Setup {
  private final Database database;

  public SplitArbiter(Database database) {
    this.database = database;
  }

  Database database() {
    return database;
  }
}
