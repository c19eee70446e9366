package org.privateproving.cli;

/** A node that has started. A signal to the process stops it. */
interface RunningNode {
  /** Returns when the node has stopped, for whatever reason. */
  void awaitTermination() throws InterruptedException;
}
