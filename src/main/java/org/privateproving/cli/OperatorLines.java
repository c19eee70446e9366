package org.privateproving.cli;

import java.nio.file.Path;
import java.time.Duration;
import org.privateproving.database.DatabaseSettings;

/** What a starting node says to its operator, word by word. */
final class OperatorLines {
  private OperatorLines() {}

  /** Clients may come. */
  static String ready(String url, String mode, Path data) {
    return "ready: " + url + " (" + mode + " mode, data in " + data + ")";
  }

  /** Servers may come. */
  static String database(DatabaseSettings database, Path folder) {
    return "ready: "
        + database.url()
        + " (user "
        + database.user()
        + ", password in "
        + folder.resolve("password")
        + ")";
  }

  /** A fulfiller without a server of its own has joined. */
  static String joined(String name) {
    return "ready: fulfiller " + name;
  }

  static String engineStarting(String engine) {
    return "engine: " + engine + " is starting";
  }

  /** Requests that waited are proved from now on. */
  static String engineReady(String engine, Duration took) {
    return "engine ready: " + engine + ", " + seconds(took);
  }

  /** So that nobody takes such a node for one that proves. */
  static String noopEngine() {
    return "ENGINE NOOP: nothing is executed and nothing is proved here, whatever clients are told; it"
        + " is for load tests";
  }

  static String engineFailed(String engine, String reason) {
    return "engine failed: " + engine + ", " + reason;
  }

  private static String seconds(Duration duration) {
    return duration.toSeconds() + " s";
  }

  /** As people say it: 12 s, 2 min 11 s, 1 h 3 min. */
  static String duration(Duration duration) {
    if (duration.toMinutes() == 0) {
      return seconds(duration);
    }
    if (duration.toHours() == 0) {
      return duration.toMinutes() + " min " + duration.toSecondsPart() + " s";
    }
    return duration.toHours() + " h " + duration.toMinutesPart() + " min";
  }
}
