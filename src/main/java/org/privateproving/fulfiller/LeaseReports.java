package org.privateproving.fulfiller;

import java.time.Duration;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;
import org.privateproving.domain.FailureCause;
import org.privateproving.fulfiller.WorkReport.ExecutionReport;
import org.privateproving.fulfiller.WorkReport.Fault;
import org.privateproving.fulfiller.WorkReport.GaveUp;
import org.privateproving.fulfiller.WorkReport.HaveProof;
import org.privateproving.fulfiller.WorkReport.Heartbeat;
import org.privateproving.fulfiller.WorkReport.NeedInputs;
import org.privateproving.fulfiller.WorkReport.Phase;

/**
 * What the owner of one lease hears. A report that wants an answer goes out at once, and again at
 * each {@link #repeat} until it is answered or another takes its place. Confined to the fulfiller's
 * actor.
 */
final class LeaseReports {
  private final Assignment assignment;
  private final LeaseOwner owner;
  private final ActorRef<FulfillerMessage> self;
  private @Nullable WorkReport latest;
  private boolean answered;

  /**
   * @param self to be answered at
   */
  LeaseReports(Assignment assignment, LeaseOwner owner, ActorRef<FulfillerMessage> self) {
    this.assignment = assignment;
    this.owner = owner;
    this.self = self;
  }

  /** A sign of life, which wants no answer. */
  void beat(Phase phase, Duration inPhase, Optional<ExecutionReport> execution) {
    send(new Heartbeat(assignment.epoch(), phase, Optional.of(inPhase), execution, self));
  }

  void needInputs(boolean program) {
    ask(new NeedInputs(assignment.epoch(), program, self));
  }

  void haveProof(VerifiedProof proof, ExecutionReport ran) {
    ask(new HaveProof(assignment.epoch(), proof.size(), proof.sha256(), ran, self));
  }

  /**
   * @param detail a sentence for the requester; holds nothing of the input
   */
  void gaveUp(FailureCause cause, String detail, Fault fault) {
    ask(new GaveUp(assignment.epoch(), cause, detail, fault, self));
  }

  /** The latest report has its answer. */
  void answered() {
    answered = true;
  }

  /** The answer led to nothing: the latest report waits for another one. */
  void awaitAnotherAnswer() {
    answered = false;
  }

  boolean awaitsAnswer() {
    return latest != null && !answered;
  }

  void repeat() {
    if (latest != null && !answered) {
      send(latest);
    }
  }

  private void ask(WorkReport report) {
    latest = report;
    answered = false;
    send(report);
  }

  private void send(WorkReport report) {
    owner.report(assignment.id(), report);
  }
}
