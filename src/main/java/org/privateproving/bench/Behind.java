package org.privateproving.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.privateproving.database.DatabaseSettings;

/**
 * What a bench may know, and do, beyond what the SDK's contract tells.
 *
 * @param database of the servers; empty: the report has no stages
 * @param pids of server processes on this machine, to be watched
 * @param own what to start where the plan names no server
 * @param folder for a server that is started, and its logs
 * @param printsSeconds whether to print each second what happens
 */
public record Behind(
    Optional<DatabaseSettings> database,
    List<Long> pids,
    Own own,
    Path folder,
    boolean printsSeconds) {

  /**
   * A server to be started.
   *
   * @param engine of its devices
   * @param noopDuration what a proof of engine noop takes
   * @param jvm options for each of its processes
   * @param settings of the server, as in {@code gateway.hold=0s}
   */
  public record Own(String engine, Duration noopDuration, List<String> jvm, List<String> settings) {
    /** Whether its devices take any program for what it is said to be. */
    boolean believesAll() {
      return engine.equals("noop");
    }
  }
}
