package org.privateproving.request;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.persistence.typed.javadsl.ReplyEffect;
import org.privateproving.fulfiller.WorkReport;
import org.privateproving.fulfiller.WorkReport.GaveUp;
import org.privateproving.fulfiller.WorkReport.HaveProof;
import org.privateproving.fulfiller.WorkReport.Heartbeat;
import org.privateproving.fulfiller.WorkReport.NeedInputs;
import org.privateproving.request.RequestCommand.InputsMissing;
import org.privateproving.request.RequestCommand.InputsOpened;
import org.privateproving.request.RequestCommand.ProofNotStored;
import org.privateproving.request.RequestCommand.ProofStored;
import org.privateproving.request.State.Leased;
import org.privateproving.request.State.Unproved;

/**
 * How a request deals with what fulfillers report. Reports come as often as they are not answered,
 * so each is answered whatever the state. Confined to the actor.
 */
final class WorkReports {
  private final Decisions decisions;
  private final Effects effects;
  private final LeaseClock lease;
  private final WorkExchange exchange;
  private final Disposal disposal;
  private final DurationHistory durations;
  private final StallBound stall;
  private final Clock clock;

  WorkReports(
      Decisions decisions,
      Effects effects,
      LeaseClock lease,
      WorkExchange exchange,
      Disposal disposal,
      DurationHistory durations,
      StallBound stall,
      Clock clock) {
    this.decisions = decisions;
    this.effects = effects;
    this.lease = lease;
    this.exchange = exchange;
    this.disposal = disposal;
    this.durations = durations;
    this.stall = stall;
    this.clock = clock;
  }

  ReplyEffect<Event, State> onReport(State state, WorkReport report) {
    return switch (report) {
      case Heartbeat beat -> onHeartbeat(state, beat);
      case NeedInputs need -> onNeedInputs(state, need);
      case HaveProof offer -> onHaveProof(state, offer);
      case GaveUp gaveUp ->
          effects.tell(decisions.gaveUp(state, gaveUp, now()), () -> exchange.settled(gaveUp));
    };
  }

  private ReplyEffect<Event, State> onHeartbeat(State state, Heartbeat beat) {
    if (!Decisions.holds(state, beat.epoch())) {
      exchange.gone(beat);
      return effects.none();
    }
    Optional<Event> hung = decisions.hung(state, beat, stall, now());
    if (hung.isPresent()) {
      return effects.tell(hung, () -> exchange.gone(beat));
    }
    lease.renew();
    return effects.tell(decisions.heard(state, beat, now()), () -> exchange.renewed(beat));
  }

  private ReplyEffect<Event, State> onNeedInputs(State state, NeedInputs need) {
    if (state instanceof Leased leased && Decisions.holds(state, need.epoch())) {
      exchange.sendInputs(leased, need);
    } else {
      exchange.gone(need);
    }
    return effects.none();
  }

  private ReplyEffect<Event, State> onHaveProof(State state, HaveProof offer) {
    if (state instanceof Unproved unproved) {
      exchange.takeIn(unproved, offer);
    } else {
      exchange.settled(offer);
    }
    return effects.none();
  }

  /** Whoever has lost the lease meanwhile gets nothing; what was opened for it runs out unread. */
  ReplyEffect<Event, State> onInputsOpened(State state, InputsOpened opened) {
    if (Decisions.holds(state, opened.need().epoch())) {
      exchange.sendInputs(opened);
    } else {
      exchange.gone(opened.need());
    }
    return effects.none();
  }

  ReplyEffect<Event, State> onInputsMissing(State state, InputsMissing missing) {
    if (missing.program()
        && state instanceof Leased leased
        && Decisions.holds(state, missing.epoch())) {
      disposal.withdrawProgram(leased.facts().order());
    }
    return effects.persist(decisions.inputsMissing(state, missing, now()));
  }

  ReplyEffect<Event, State> onProofStored(State state, ProofStored stored) {
    exchange.proofStored();
    HaveProof offer = stored.offer();
    Instant now = now();
    List<Event> events = decisions.proofStored(state, offer, stored.proof(), now);
    if (events.isEmpty()) {
      disposal.discard(stored.proof().id());
      exchange.settled(offer);
      return effects.none();
    }
    return effects.persist(
        events,
        after -> {
          exchange.settled(offer);
          durations.record(after, now);
          if (state instanceof Leased leased && Decisions.holds(state, offer.epoch())) {
            durations
                .proving()
                .record(
                    leased.facts().order().terms(),
                    Duration.between(leased.lease().grantedAt(), now));
          }
        });
  }

  ReplyEffect<Event, State> onProofNotStored(ProofNotStored refused) {
    exchange.proofNotStored(refused);
    return effects.none();
  }

  private Instant now() {
    return clock.instant();
  }
}
