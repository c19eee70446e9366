package org.privateproving.network;

/**
 * A program that cannot be had, however often one tries: its URI is no good, nobody keeps it there
 * any more or gives it to us, it is too large, or it was erased here. The message is fit for
 * clients and logs: of the URI it names the host and the last part of the path.
 *
 * <p>An expected outcome and no defect, so it carries no stack trace.
 */
public final class ProgramUnavailable extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ProgramUnavailable(String message) {
    super(message, null, false, false);
  }
}
