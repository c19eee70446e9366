package org.privateproving.bench;

/** There is nothing to report; the message is a sentence for whoever started the bench. */
public final class BenchFailed extends RuntimeException {
  private static final long serialVersionUID = 1L;

  BenchFailed(String message) {
    super(message, null, false, false);
  }
}
