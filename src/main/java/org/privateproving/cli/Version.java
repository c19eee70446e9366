package org.privateproving.cli;

/** Of which build this is. */
final class Version {
  private Version() {}

  /** As the jar's manifest has it; classes that come from no jar are a developer's. */
  static String ofThisBuild() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
