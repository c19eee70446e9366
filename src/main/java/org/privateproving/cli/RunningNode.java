package org.privateproving.cli;

import java.net.URI;
import java.util.Optional;

/** A node that has started. A signal to the process stops it. */
interface RunningNode {
  /** Where clients go; empty for a node that is no server. */
  Optional<URI> url();

  /** What proves here: mock, noop, cpu or cuda; empty if nothing does. */
  String engine();

  /** Returns when the node has stopped, for whatever reason. */
  void awaitTermination() throws InterruptedException;
}
