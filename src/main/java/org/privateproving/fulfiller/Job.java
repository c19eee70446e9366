package org.privateproving.fulfiller;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.privateproving.domain.FailureCause;
import org.privateproving.domain.RequestId;
import org.privateproving.fulfiller.WorkReport.ExecutionReport;
import org.privateproving.fulfiller.WorkReport.Phase;

/** One assignment on its way through the fulfiller. Confined to the fulfiller's actor. */
final class Job {
  private final Assignment assignment;
  private final Instant startedAt;
  private Phase phase = Phase.FETCHING;
  private boolean leaseGone;
  private @Nullable ExecutionReport execution;
  private @Nullable VerifiedProof proof;
  private @Nullable FailureCause failure;
  private @Nullable WorkReport unanswered;

  Job(Assignment assignment, Instant startedAt) {
    this.assignment = assignment;
    this.startedAt = startedAt;
  }

  Assignment assignment() {
    return assignment;
  }

  Instant startedAt() {
    return startedAt;
  }

  boolean is(RequestId id, long epoch) {
    return assignment.id().equals(id) && assignment.epoch() == epoch;
  }

  Phase phase() {
    return phase;
  }

  void enter(Phase next) {
    phase = next;
  }

  /** Whether the owner has said that the lease is somebody else's now, or nobody's. */
  boolean leaseGone() {
    return leaseGone;
  }

  void markLeaseGone() {
    leaseGone = true;
  }

  Optional<ExecutionReport> execution() {
    return Optional.ofNullable(execution);
  }

  void executed(ExecutionReport report) {
    execution = report;
  }

  Optional<VerifiedProof> proof() {
    return Optional.ofNullable(proof);
  }

  void proved(VerifiedProof made) {
    proof = made;
  }

  void failed(FailureCause cause) {
    failure = cause;
  }

  /** How it ended, in a word or two for whoever watches. */
  String result() {
    if (failure != null) {
      return failure.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
    return proof == null ? "given back" : "proved";
  }

  /** The report that waits for its answer; it goes out again with every heartbeat. */
  Optional<WorkReport> unanswered() {
    return Optional.ofNullable(unanswered);
  }

  void awaitAnswerTo(WorkReport report) {
    unanswered = report;
  }

  void answered() {
    unanswered = null;
  }
}
