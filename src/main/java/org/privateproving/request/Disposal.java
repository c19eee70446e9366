package org.privateproving.request;

import java.time.Duration;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.jspecify.annotations.Nullable;
import org.privateproving.artifact.ArtifactId;
import org.privateproving.artifact.ArtifactStore;
import org.privateproving.domain.FailureCause;
import org.privateproving.domain.RequestId;
import org.privateproving.network.ProverNetwork;
import org.privateproving.request.RequestCommand.Erasure;
import org.privateproving.request.RequestCommand.Timeout;

/** Does away with what a request has no use for any more. Confined to the actor. */
final class Disposal {
  private static final Duration RETRY_AFTER = Duration.ofSeconds(10);

  private final RequestId id;
  private final ArtifactStore artifacts;
  private final ProverNetwork network;
  private final ActorContext<RequestCommand> context;
  private final Alarms alarms;

  Disposal(
      RequestId id,
      ArtifactStore artifacts,
      ProverNetwork network,
      ActorContext<RequestCommand> context,
      Alarms alarms) {
    this.id = id;
    this.artifacts = artifacts;
    this.network = network;
    this.context = context;
    this.alarms = alarms;
  }

  /**
   * Erases the stdin; the actor hears of it as {@link Erasure}. To be called again at {@link
   * Timeout#RETRY}, until that is recorded.
   */
  void eraseInputs(State.Ended ended) {
    withdrawUnusableProgram(ended);
    context.pipeToSelf(
        artifacts.erase(ended.facts().order().terms().stdin()),
        (_, failure) -> failure == null ? Erasure.DONE : Erasure.FAILED);
    alarms.after(Timeout.RETRY, RETRY_AFTER);
  }

  /** The next client can then register the right one: a first registration is not for ever. */
  private void withdrawUnusableProgram(State.Ended ended) {
    if (ended instanceof State.Failed failed
        && (failed.cause() == FailureCause.VERIFICATION_KEY_MISMATCH
            || failed.cause() == FailureCause.MALFORMED_PROGRAM)) {
      withdrawProgram(ended.facts().order());
    }
  }

  /** What is stored cannot be used: registered anew, it can. */
  void withdrawProgram(Order order) {
    network
        .withdraw(order.terms().vkHash(), order.program())
        .whenComplete((_, failure) -> warn(failure, "its program was not withdrawn"));
  }

  /** A proof that nobody needs; what goes wrong here the housekeeper finds. */
  void discard(ArtifactId proof) {
    artifacts
        .erase(proof)
        .whenComplete((_, failure) -> warn(failure, "a surplus proof was not erased yet"));
  }

  /** On any thread, so not by the actor's own log. */
  private void warn(@Nullable Throwable failure, String what) {
    if (failure != null) {
      context.getSystem().log().warn("{}: {}", id, what);
    }
  }
}
