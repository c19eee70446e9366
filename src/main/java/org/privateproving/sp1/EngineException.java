package org.privateproving.sp1;

/**
 * An engine could not do what it was asked. The message says why in words of our own; it never
 * contains a byte of an input or of what a program printed, so it may be logged and sent.
 */
public final class EngineException extends Exception {

  private static final long serialVersionUID = 1L;

  /** What was wrong, and so whether trying again can help. */
  public enum Kind {
    /** Not decodable, not an ELF, or not one SP1 can run. Final. */
    BAD_PROGRAM(1),
    /** The input is not what an SDK uploads. Final. */
    BAD_STDIN(2),
    /** The prover panicked; the native log says where. This engine is still usable. */
    PANIC(3),
    /** No library, no device, no GPU server, or a setting that is refused. */
    ENGINE_UNAVAILABLE(4),
    /** A proof does not verify, or its bytes are not a proof. */
    VERIFY_FAILED(5),
    /** Decoded, the bytes exceed the limit. Final. */
    TOO_LARGE(6),
    /** Anything else on this machine, such as too little memory. Trying elsewhere may help. */
    OTHER(7),
    /** Asked to prove an execution that fails; executing first tells why. Final. */
    EXECUTION_FAILED(8);

    private final int number;

    Kind(int number) {
      this.number = number;
    }

    static Kind of(int number) {
      for (Kind kind : values()) {
        if (kind.number == number) {
          return kind;
        }
      }
      return OTHER;
    }
  }

  private final Kind kind;

  EngineException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  EngineException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}
