package org.privateproving.request;

import java.time.Duration;
import org.apache.pekko.actor.typed.ActorRef;
import org.privateproving.domain.RequestId;
import org.privateproving.network.ProverNetwork.ReportOutcome;
import org.privateproving.network.ProverNetwork.Result;
import org.privateproving.network.Reporter;
import org.privateproving.request.RequestCommand.Timeout;

/** Has the result of a request told to the network. Confined to the actor. */
final class Reporting {
  // The reporter repeats; this is for the one that forgot, since it was restarted.
  private static final Duration REPEAT_AFTER = Duration.ofSeconds(20);

  private final RequestId id;
  private final ActorRef<Reporter.Command> reporter;
  private final ActorRef<ReportOutcome> outcomes;
  private final Alarms alarms;

  /**
   * @param outcomes who is told what the network says
   */
  Reporting(
      RequestId id,
      ActorRef<Reporter.Command> reporter,
      ActorRef<ReportOutcome> outcomes,
      Alarms alarms) {
    this.id = id;
    this.reporter = reporter;
    this.outcomes = outcomes;
    this.alarms = alarms;
  }

  /** To be called again at {@link Timeout#RETRY}, until there is an outcome. */
  void report(State.Proved proved) {
    var proof = new Result.Proof(proved.proof().artifact(), proved.proof().size());
    report(proof, proved.facts());
    alarms.after(Timeout.RETRY, REPEAT_AFTER);
  }

  /** The same. */
  void report(State.Failed failed) {
    report(new Result.Failure(failed.cause()), failed.facts());
    alarms.after(Timeout.RETRY, REPEAT_AFTER);
  }

  private void report(Result result, State.Facts facts) {
    reporter.tell(new Reporter.Report(id, result, facts.order().terms().deadline(), outcomes));
  }
}
