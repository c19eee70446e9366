package org.privateproving.sp1;

/** The forms a proof can have; the numbers are the network's. */
public enum ProofMode {
  CORE(1),
  COMPRESSED(2),
  PLONK(3),
  GROTH16(4);

  private final int number;

  ProofMode(int number) {
    this.number = number;
  }

  /** The number this mode has on the wire. */
  public int number() {
    return number;
  }

  /**
   * The mode that has this number on the wire.
   *
   * @throws IllegalArgumentException for a number that stands for none
   */
  public static ProofMode of(int number) {
    for (ProofMode mode : values()) {
      if (mode.number == number) {
        return mode;
      }
    }
    throw new IllegalArgumentException("proof mode: " + number + " (expected: 1 to 4)");
  }
}
