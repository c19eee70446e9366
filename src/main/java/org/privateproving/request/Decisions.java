package org.privateproving.request;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.privateproving.artifact.ArtifactInfo;
import org.privateproving.domain.Address;
import org.privateproving.domain.Digest;
import org.privateproving.domain.FailureCause;
import org.privateproving.fulfiller.WorkReport;
import org.privateproving.network.OwnRequests.Closure;
import org.privateproving.network.ProverNetwork.ReportOutcome;
import org.privateproving.network.Reporter;
import org.privateproving.request.RequestCommand.InputsMissing;
import org.privateproving.request.RequestCommand.Supply;
import org.privateproving.request.State.Absent;
import org.privateproving.request.State.Ended;
import org.privateproving.request.State.Failed;
import org.privateproving.request.State.Leased;
import org.privateproving.request.State.Queued;
import org.privateproving.request.State.StoredProof;
import org.privateproving.request.State.Unproved;

/**
 * Which event follows when something happens to a request: pure functions of its state, of what
 * happened and of the time. No event means that it changes nothing: it came too late, twice, or
 * from somebody who has no say. {@link Transitions} says where each event leads.
 *
 * @param leaseTerm how long a lease runs from its grant
 * @param maxAttempts leases without a result before a request fails for good
 * @param pauses how long a request rests after an attempt that failed
 * @param reportFailures whether the network is told of failures
 */
record Decisions(Duration leaseTerm, int maxAttempts, RetryPauses pauses, boolean reportFailures) {

  static Decisions by(RequestSettings settings, boolean reportFailures) {
    return new Decisions(
        settings.leaseTerm(), settings.maxAttempts(), settings.retryPauses(), reportFailures);
  }

  /** Whether the present lease is the one of this epoch. */
  static boolean holds(State state, long epoch) {
    return state instanceof Leased leased && leased.lease().epoch() == epoch;
  }

  /** The first order stands. */
  Optional<Event> ordered(State state, Order order, Instant now) {
    return state instanceof Absent ? Optional.of(new Event.Accepted(order, now)) : Optional.empty();
  }

  /** Only its requester may, and only while there is no proof. */
  Optional<Event> canceled(State state, Address by, Instant now) {
    return state instanceof Unproved unproved && unproved.facts().order().requester().equals(by)
        ? failed(FailureCause.CANCELED, "canceled by its requester", now)
        : Optional.empty();
  }

  /** A fulfiller is free; a request that rests is not to be had. */
  Optional<Event> proposed(State state, String fulfiller, Instant now) {
    return state instanceof Queued queued && !queued.rests(now) && !deadlineIsOver(queued, now)
        ? Optional.of(
            new Event.LeaseGranted(queued.facts().epoch() + 1, fulfiller, now.plus(leaseTerm), now))
        : Optional.empty();
  }

  /** The holder was heard from: news is only what its execution came to, once. */
  Optional<Event> heard(State state, WorkReport.Heartbeat beat, Instant now) {
    return state instanceof Leased leased
            && holds(state, beat.epoch())
            && leased.facts().execution().isEmpty()
        ? beat.execution().map(report -> executed(beat.epoch(), report, now))
        : Optional.empty();
  }

  /** The holder is alive, and gets nowhere. */
  Optional<Event> hung(State state, WorkReport.Heartbeat beat, StallBound bound, Instant now) {
    return state instanceof Leased leased && holds(state, beat.epoch()) && bound.isOver(beat)
        ? lost(
            leased,
            FailureCause.PROVING_FAILED,
            "its fulfiller hangs: "
                + beat.inPhase().orElseThrow().toSeconds()
                + " s "
                + beat.phase().name().toLowerCase(Locale.ROOT),
            now)
        : Optional.empty();
  }

  /** The holder says that no proof will come of its lease. */
  Optional<Event> gaveUp(State state, WorkReport.GaveUp report, Instant now) {
    if (!(state instanceof Leased leased) || !holds(state, report.epoch())) {
      return Optional.empty();
    }
    return switch (report.fault()) {
      case REQUEST -> failed(report.cause(), report.detail(), now);
      case NONE ->
          Optional.of(
              new Event.LeaseLost(report.epoch(), report.detail(), false, Optional.empty(), now));
      case DEVICE -> lost(leased, report.cause(), report.detail(), now);
    };
  }

  /** Its lease is over, and the holder was not heard from. */
  Optional<Event> fellSilent(State state, Instant now) {
    return state instanceof Leased leased
        ? lost(leased, FailureCause.ATTEMPTS_EXHAUSTED, "its fulfiller fell silent", now)
        : Optional.empty();
  }

  /** A lease that ended through some fault: another attempt, or the end. */
  private Optional<Event> lost(Leased leased, FailureCause cause, String detail, Instant now) {
    int attempts = leased.facts().attempts() + 1;
    return attempts < maxAttempts
        ? Optional.of(
            new Event.LeaseLost(
                leased.lease().epoch(),
                detail,
                true,
                pauses.over(leased.facts().order(), attempts, now),
                now))
        : failed(cause, "given up after " + attempts + " attempts; the last: " + detail, now);
  }

  /**
   * A proof is in the store. Whoever made it and whenever, it is welcome as long as there is none;
   * it also says what the execution came to, if nobody has said so before.
   *
   * @return the events in their order; none: nobody needs the proof
   */
  List<Event> proofStored(
      State state, WorkReport.HaveProof offer, ArtifactInfo stored, Instant now) {
    if (!(state instanceof Unproved unproved)) {
      return List.of();
    }
    var proof = new StoredProof(stored.id(), offer.sha256(), stored.size(), now);
    Event proved = new Event.Proved(offer.epoch(), proof, now);
    return unproved.facts().execution().isPresent()
        ? List.of(proved)
        : List.of(executed(offer.epoch(), offer.execution(), now), proved);
  }

  /** Its program was fetched, or could not be: one that can't be had at all is the end. */
  Optional<Event> supplied(State state, Supply supply, Instant now) {
    return supply instanceof Supply.Gone(String why) && state instanceof Queued
        ? failed(FailureCause.INPUTS_LOST, "its program cannot be had: " + why, now)
        : Optional.empty();
  }

  /** The holder of this epoch cannot be given its inputs. */
  Optional<Event> inputsMissing(State state, InputsMissing missing, Instant now) {
    return holds(state, missing.epoch())
        ? failed(
            FailureCause.INPUTS_LOST,
            missing.program()
                ? "its program is no longer here; register it again"
                : "its stdin is no longer here",
            now)
        : Optional.empty();
  }

  /**
   * What the network says to the proof, or to the failure: that it is told is all that counts. What
   * it says again to the proof, when that is no longer what it is to be told, counts for nothing.
   */
  Optional<Event> reported(State state, Reporter.Conclusion conclusion, Instant now) {
    if (!Reporting.due(state).equals(Optional.of(conclusion.result()))) {
      return Optional.empty();
    }
    if (state instanceof Failed) {
      return Optional.of(new Event.FailureReported(now));
    }
    return switch (conclusion.outcome()) {
      case ReportOutcome.Taken(byte[] txHash) ->
          Optional.of(new Event.Fulfilled(Digest.of(txHash), now));
      case ReportOutcome.Rejected(String reason) ->
          failed(FailureCause.REFUSED_BY_NETWORK, reason, now);
      case ReportOutcome.TooLate() -> Optional.of(new Event.Expired(now));
    };
  }

  /**
   * The network closed it, and not on a report of ours. A proof of ours that is on its way there
   * will be told so itself.
   */
  Optional<Event> closed(State state, Closure closure, Instant now) {
    if (!(state instanceof Unproved)) {
      return Optional.empty();
    }
    return Optional.of(
        switch (closure) {
          case FULFILLED -> new Event.FulfilledElsewhere(now);
          case EXPIRED -> new Event.Expired(now);
          case UNEXECUTABLE ->
              closed(FailureCause.EXECUTION_FAILED, "as one that cannot be executed", now);
          case UNFULFILLABLE ->
              closed(FailureCause.CLOSED_BY_NETWORK, "as one that cannot be proved", now);
        });
  }

  private static Event closed(FailureCause cause, String how, Instant now) {
    return new Event.Failed(cause, "the network closed it " + how, Optional.empty(), now);
  }

  /** Time has passed. A request whose proof is stored is left to the network to judge. */
  Optional<Event> expired(State state, Instant now) {
    return state instanceof Unproved unproved && deadlineIsOver(unproved, now)
        ? Optional.of(new Event.Expired(now))
        : Optional.empty();
  }

  /** Its stdin is erased; that is worth a record once, and only at the end. */
  Optional<Event> erased(State state, Instant now) {
    return state instanceof Ended ended && !ended.facts().inputsErased()
        ? Optional.of(new Event.InputsErased(now))
        : Optional.empty();
  }

  private static boolean deadlineIsOver(Unproved unproved, Instant now) {
    return !now.isBefore(unproved.facts().order().terms().deadline());
  }

  private Optional<Event> failed(FailureCause cause, String detail, Instant now) {
    // The network heard of a cancellation from the requester itself.
    boolean reportDue = reportFailures && cause != FailureCause.CANCELED;
    return Optional.of(
        new Event.Failed(cause, detail, reportDue ? Optional.of(true) : Optional.empty(), now));
  }

  private static Event executed(long epoch, WorkReport.ExecutionReport report, Instant now) {
    return new Event.Executed(
        epoch, report.cycles(), report.gas(), report.publicValuesDigest(), now);
  }
}
