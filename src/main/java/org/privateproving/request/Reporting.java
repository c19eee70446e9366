package org.privateproving.request;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;
import org.privateproving.domain.FailureCause;
import org.privateproving.domain.RequestId;
import org.privateproving.network.ProverNetwork.Result;
import org.privateproving.network.Reporter;
import org.privateproving.request.RequestCommand.Timeout;

/** Has the result of a request told to the network. Confined to the actor. */
final class Reporting {
  // The reporter repeats; this is for the one that forgot, since it was restarted.
  private static final Duration REPEAT_AFTER = Duration.ofSeconds(20);

  private final RequestId id;
  private final ActorRef<Reporter.Command> reporter;
  private final ActorRef<Reporter.Conclusion> conclusions;
  private final Alarms alarms;

  /**
   * @param conclusions who is told what the network says
   */
  Reporting(
      RequestId id,
      ActorRef<Reporter.Command> reporter,
      ActorRef<Reporter.Conclusion> conclusions,
      Alarms alarms) {
    this.id = id;
    this.reporter = reporter;
    this.conclusions = conclusions;
    this.alarms = alarms;
  }

  /** To be called again at {@link Timeout#RETRY}, until the state is another. */
  void report(State.Known state) {
    due(state)
        .ifPresent(
            result -> {
              Instant deadline = state.facts().order().terms().deadline();
              reporter.tell(new Reporter.Report(id, result, deadline, conclusions));
              alarms.after(Timeout.RETRY, REPEAT_AFTER);
            });
  }

  /** What the network is to be told in that state. */
  static Optional<Result> due(State state) {
    return switch (state) {
      case State.Proved(var _, State.StoredProof proof) ->
          Optional.of(new Result.Proof(proof.artifact(), proof.size()));
      case State.Failed(var _, FailureCause cause, var _, boolean reportDue) ->
          reportDue ? Optional.of(new Result.Failure(cause)) : Optional.empty();
      case State.Absent _, State.Unproved _, State.Fulfilled _, State.Expired _ -> Optional.empty();
    };
  }
}
