package org.privateproving.domain;

/**
 * A setting that the operator must change before this process can start: which one, and why. A
 * mistake of configuration and no defect, so it carries no stack trace.
 */
public final class InvalidSetting extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String key;

  /**
   * @param key in full, as in {@code private-proving.database.pool-size}
   * @param message what is wrong with its value, and what to do
   */
  public InvalidSetting(String key, String message) {
    super(key + ": " + message, null, false, false);
    this.key = key;
  }

  public String key() {
    return key;
  }
}
