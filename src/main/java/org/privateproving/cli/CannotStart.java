package org.privateproving.cli;

/**
 * What keeps a node from starting, in one sentence that says what to do: a port in use, a database
 * out of reach. Shown without a stack trace.
 */
final class CannotStart extends RuntimeException {
  private static final long serialVersionUID = 1L;

  CannotStart(String message) {
    super(message, null, false, false);
  }
}
