package org.privateproving.request;

import com.typesafe.config.Config;
import java.time.Duration;
import org.privateproving.domain.InvalidSetting;

/**
 * How requests are run.
 *
 * @param askTimeout how long to wait for an actor's answer
 * @param leaseTerm how long a lease runs from each renewal
 * @param maxAttempts leases without a result before a request fails for good
 * @param hold how long a poll may be held; zero for never
 * @param keepEnded how long ended requests and their proofs are kept
 * @param maxProof the largest proof taken, in bytes
 */
public record RequestSettings(
    Duration askTimeout,
    Duration leaseTerm,
    int maxAttempts,
    Duration hold,
    Duration keepEnded,
    long maxProof) {

  /** Below this the heartbeats of a busy machine come too late. */
  private static final Duration MIN_LEASE_TERM = Duration.ofSeconds(1);

  private static final Duration MAX_HOLD = Duration.ofSeconds(30);

  /**
   * @param config the whole configuration
   * @throws InvalidSetting naming the key
   */
  public static RequestSettings from(Config config) {
    Config own = config.getConfig("private-proving");
    Duration askTimeout = own.getDuration("requests.ask-timeout");
    require(
        !askTimeout.isNegative() && !askTimeout.isZero(),
        "requests.ask-timeout",
        askTimeout,
        "more than 0s");
    Duration leaseTerm = own.getDuration("requests.lease-term");
    require(
        leaseTerm.compareTo(MIN_LEASE_TERM) >= 0, "requests.lease-term", leaseTerm, "1s or more");
    int maxAttempts = own.getInt("requests.max-attempts");
    require(maxAttempts >= 1, "requests.max-attempts", maxAttempts, "1 or more");
    Duration hold = own.getDuration("gateway.hold");
    // The SDK gives up on a call after 60 seconds.
    require(!hold.isNegative() && hold.compareTo(MAX_HOLD) <= 0, "gateway.hold", hold, "0s to 30s");
    return new RequestSettings(
        askTimeout,
        leaseTerm,
        maxAttempts,
        hold,
        own.getDuration("artifacts.keep-ended"),
        own.getBytes("artifacts.max-size"));
  }

  private static void require(boolean fine, String key, Object value, String expected) {
    if (!fine) {
      throw new InvalidSetting("private-proving." + key, value + " (expected: " + expected + ")");
    }
  }
}
