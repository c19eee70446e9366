package org.privateproving.request;

import com.typesafe.config.Config;
import java.time.Duration;
import java.util.List;
import org.privateproving.artifact.ArtifactSettings;
import org.privateproving.domain.InvalidSetting;
import org.privateproving.domain.SettingsBlock;

/**
 * How requests are run.
 *
 * @param askTimeout how long to wait for an actor's answer
 * @param leaseTerm how long a lease runs from each renewal
 * @param maxAttempts leases without a result before a request fails for good
 * @param retryPauses how long a request rests after attempts that failed
 * @param stall when a fulfiller hangs
 * @param admission how much is taken on
 * @param hold how long a poll may be held; zero for never
 * @param keepEnded how long ended requests and their proofs are kept
 * @param maxProof the largest proof taken, in bytes
 */
public record RequestSettings(
    Duration askTimeout,
    Duration leaseTerm,
    int maxAttempts,
    RetryPauses retryPauses,
    StallBound stall,
    AdmissionSettings admission,
    Duration hold,
    Duration keepEnded,
    long maxProof) {

  /** Below this the heartbeats of a busy machine come too late. */
  private static final Duration MIN_LEASE_TERM = Duration.ofSeconds(1);

  /**
   * @param config the whole configuration
   * @param artifacts as read already
   * @param hold how long a poll may be held, as the gateway's settings have it
   * @throws InvalidSetting naming the key
   */
  public static RequestSettings from(Config config, ArtifactSettings artifacts, Duration hold) {
    SettingsBlock block = new SettingsBlock(config, "private-proving.requests");
    Duration askTimeout = block.duration("ask-timeout");
    block.require(askTimeout.isPositive(), "ask-timeout", askTimeout, "more than 0s");
    Duration leaseTerm = block.duration("lease-term");
    block.require(leaseTerm.compareTo(MIN_LEASE_TERM) >= 0, "lease-term", leaseTerm, "1s or more");
    int maxAttempts = block.number("max-attempts");
    block.require(maxAttempts >= 1, "max-attempts", maxAttempts, "1 or more");
    List<Duration> pauses = block.durations("retry-pauses");
    block.require(
        pauses.stream().noneMatch(Duration::isNegative), "retry-pauses", pauses, "0s or more each");
    return new RequestSettings(
        askTimeout,
        leaseTerm,
        maxAttempts,
        new RetryPauses(pauses),
        StallBound.from(block),
        AdmissionSettings.from(block),
        hold,
        artifacts.keepEnded(),
        artifacts.maxSize());
  }
}
