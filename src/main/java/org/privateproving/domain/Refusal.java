package org.privateproving.domain;

/**
 * A request that we turn down, and why. The message reaches the client: it says what to do, and
 * holds nothing that is private.
 *
 * <p>An expected outcome and no defect: it carries no stack trace, ends an asynchronous chain
 * early, and is turned into a gRPC or HTTP code in exactly one place each (the gateway).
 */
public final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What kind of refusal it is; the SDK's retry rules decide which of them it may try again. */
  public enum Reason {
    /** The message is malformed or contradicts itself: final. */
    INVALID,
    /** The signature is missing, malformed, or by nobody: final. */
    UNAUTHENTICATED,
    /** The signer may not do this: final. */
    NOT_ALLOWED,
    /** What is asked about is not here: final (for a program: "register it"). */
    NOT_FOUND,
    /** Something must be done first, or this service cannot do it as it is set up: final. */
    FAILED_PRECONDITION,
    /** The nonce was used, is too old or was never handed out: fetch another and sign again. */
    STALE_NONCE,
    /** We do not offer this: final. */
    UNSUPPORTED,
    /** Not now, but soon: the SDK retries by itself. */
    TRY_AGAIN
  }

  private final Reason reason;

  public Refusal(Reason reason, String message) {
    super(message, null, false, false);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }

  /** Like {@link #getMessage()}, which is never null here. */
  public String message() {
    return String.valueOf(getMessage());
  }
}
