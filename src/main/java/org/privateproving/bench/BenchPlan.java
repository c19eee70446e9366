package org.privateproving.bench;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.privateproving.sp1.ProofMode;

/**
 * What to do, whole and checked.
 *
 * @param urls the servers; client n speaks to number n modulo their count. Empty: one is started
 * @param clients simulated clients, each with a key and a connection of its own
 * @param requests how many lives at most; 0: no bound but the time
 * @param duration how long lives begin, after the warm-up
 * @param warmUp how long lives begin that are not counted
 * @param settle how long lives that have begun may go on when no more begin
 * @param stdinSize of each input, in bytes, before the few that frame it
 * @param vkHash what the program is known as; empty: computed
 * @param pollEvery what a client waits between two polls
 * @param engineTime what the engine itself takes, which is not the server's fault
 * @param devices fulfillers of a server that is started here
 */
public record BenchPlan(
    Scenario scenario,
    List<URI> urls,
    int clients,
    Load load,
    long requests,
    Duration duration,
    Duration warmUp,
    Duration settle,
    long stdinSize,
    Path program,
    Optional<byte[]> vkHash,
    ProofMode mode,
    NetworkKind network,
    Duration pollEvery,
    Duration engineTime,
    int devices) {

  private static final int MAX_CLIENTS = 100_000;
  private static final long MAX_STDIN = 1L << 40;

  /**
   * @throws IllegalArgumentException with a sentence for whoever gave the flags
   */
  public BenchPlan {
    require(clients >= 1 && clients <= MAX_CLIENTS, "--clients", clients, "1 to " + MAX_CLIENTS);
    switch (load) {
      case Load.Open(double rate) ->
          require(rate > 0 && rate <= 1e6, "--rate", rate, "more than 0, at most 1000000");
      case Load.Closed(int concurrency) ->
          require(
              concurrency >= 1 && concurrency <= MAX_CLIENTS,
              "--concurrency",
              concurrency,
              "1 to " + MAX_CLIENTS);
    }
    require(requests >= 0, "--requests", requests, "0 or more");
    require(isPositive(duration), "--duration", duration, "more than 0s");
    require(!warmUp.isNegative(), "--warm-up", warmUp, "0s or more");
    require(!settle.isNegative(), "--settle", settle, "0s or more");
    require(stdinSize >= 0 && stdinSize <= MAX_STDIN, "--stdin-size", stdinSize, "0B to 1TiB");
    require(isPositive(pollEvery), "--poll-every", pollEvery, "more than 0s");
    require(!engineTime.isNegative(), "--engine-time", engineTime, "0s or more");
    require(devices >= 1 && devices <= 64, "--devices", devices, "1 to 64");
    require(
        scenario != Scenario.WAITING || requests > 0,
        "--requests",
        requests,
        "how many are to wait: 1 or more");
    for (URI url : urls) {
      boolean plain = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
      require(
          plain && url.getHost() != null && url.getUserInfo() == null,
          "--url",
          url,
          "scheme and authority, as in http://127.0.0.1:8080");
    }
  }

  private static boolean isPositive(Duration duration) {
    return !duration.isNegative() && !duration.isZero();
  }

  private static void require(boolean right, String flag, Object value, String expected) {
    if (!right) {
      throw new IllegalArgumentException(flag + ": " + value + " (expected: " + expected + ")");
    }
  }
}
