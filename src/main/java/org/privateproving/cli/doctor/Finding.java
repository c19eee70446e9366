package org.privateproving.cli.doctor;

/**
 * What one look at the machine showed.
 *
 * @param subject what was looked at, in a word or two
 * @param detail what was found
 * @param advice what to do about it; empty if there is nothing to do
 */
record Finding(Level level, String subject, String detail, String advice) {
  enum Level {
    OK,
    /** It runs, but not well, or not everything. */
    WARN,
    /** `up` would not work. */
    FAIL
  }

  static Finding ok(String subject, String detail) {
    return new Finding(Level.OK, subject, detail, "");
  }

  static Finding warn(String subject, String detail, String advice) {
    return new Finding(Level.WARN, subject, detail, advice);
  }

  static Finding fail(String subject, String detail, String advice) {
    return new Finding(Level.FAIL, subject, detail, advice);
  }
}
