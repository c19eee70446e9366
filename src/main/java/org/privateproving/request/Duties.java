package org.privateproving.request;

import org.privateproving.request.RequestCommand.Timeout;

/**
 * What each state demands of the world: after every event, after a recovery and whenever somebody
 * knocks. Nothing of it is lost by a crash, since the state says what is left to do. Confined to
 * the actor.
 */
final class Duties {
  private final Alarms alarms;
  private final LeaseClock lease;
  private final ProgramSupply program;
  private final Announcer announcer;
  private final Reporting reporting;
  private final Disposal disposal;
  private final HeldPolls polls;
  private final IndexEntry index;

  Duties(
      Alarms alarms,
      LeaseClock lease,
      ProgramSupply program,
      Announcer announcer,
      Reporting reporting,
      Disposal disposal,
      HeldPolls polls,
      IndexEntry index) {
    this.alarms = alarms;
    this.lease = lease;
    this.program = program;
    this.announcer = announcer;
    this.reporting = reporting;
    this.disposal = disposal;
    this.polls = polls;
    this.index = index;
  }

  /**
   * Fields outlive a restart after a failed write, timers do not: whatever hung on one starts anew.
   */
  void afterRecovery(State state) {
    program.doubt();
    polls.answerAll(state);
    if (state instanceof State.Leased leased) {
      lease.recover(leased.lease());
    }
    perform(state);
  }

  /**
   * Sees to it that everything is under way that this state demands, and nothing else. May be
   * called at any time and any number of times.
   */
  void perform(State state) {
    switch (state) {
      case State.Absent _ -> {}
      case State.Queued queued -> {
        lease.stop();
        alarms.cancel(Timeout.LEASE_OVER);
        watchDeadline(queued);
        if (program.isHere(queued.facts().order())) {
          announcer.announce(queued);
        }
      }
      case State.Leased leased -> {
        announcer.stop();
        alarms.at(Timeout.LEASE_OVER, lease.follow(leased.lease()));
        watchDeadline(leased);
      }
      case State.Proved proved -> {
        stopWork();
        reporting.report(proved);
      }
      case State.Ended ended -> conclude(ended);
    }
    index.follow(state);
  }

  /** The same, when something may have been lost on the way: also tells the read side again. */
  void performAll(State state) {
    index.doubt();
    perform(state);
  }

  private void conclude(State.Ended ended) {
    stopWork();
    alarms.cancel(Timeout.RETRY);
    polls.answerAll(ended);
    if (ended instanceof State.Failed failed && failed.reportDue()) {
      reporting.report(failed);
    }
    if (!ended.facts().inputsErased()) {
      disposal.eraseInputs(ended);
    }
  }

  private void stopWork() {
    program.stop();
    announcer.stop();
    lease.stop();
    alarms.cancel(Timeout.LEASE_OVER);
    alarms.cancel(Timeout.DEADLINE_OVER);
  }

  private void watchDeadline(State.Unproved unproved) {
    alarms.at(Timeout.DEADLINE_OVER, unproved.facts().order().terms().deadline());
  }
}
