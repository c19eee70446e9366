package org.privateproving.request;

import java.time.Duration;
import java.util.Objects;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.stream.Materializer;
import org.jspecify.annotations.Nullable;
import org.privateproving.domain.RequestId;
import org.privateproving.fulfiller.Assignment;
import org.privateproving.fulfiller.FulfillerMessage;
import org.privateproving.fulfiller.WorkReport;
import org.privateproving.request.RequestCommand.Timeout;

/**
 * What a request sends to fulfillers: the assignment, answers to their reports, the inputs; and the
 * proof that comes back. Confined to the actor.
 */
final class WorkExchange {
  private final RequestId id;
  private final Duration leaseTerm;
  private final ActorContext<RequestCommand> context;
  private final InputStreams inputs;
  private final ProofIntake intake;
  // The lease whose inputs are being opened; asked for again meanwhile, they are not opened twice.
  private long opening;

  WorkExchange(RequestId id, Surroundings around, ActorContext<RequestCommand> context) {
    this.id = id;
    this.leaseTerm = around.settings().leaseTerm();
    this.context = context;
    Materializer materializer = Materializer.createMaterializer(context);
    this.inputs = new InputStreams(around.artifacts(), materializer);
    this.intake = new ProofIntake(id, around, materializer);
  }

  void assign(State.Leased leased, ActorRef<FulfillerMessage> fulfiller) {
    Order.Terms terms = leased.facts().order().terms();
    fulfiller.tell(
        new FulfillerMessage.Assign(
            new Assignment(
                id,
                leased.lease().epoch(),
                terms.vkHash(),
                terms.mode(),
                terms.cycleLimit(),
                terms.gasLimit(),
                terms.publicValuesHash(),
                terms.deadline(),
                leaseTerm)));
  }

  void renewed(WorkReport report) {
    report.replyTo().tell(new FulfillerMessage.LeaseRenewed(id, report.epoch()));
  }

  void gone(WorkReport report) {
    report.replyTo().tell(new FulfillerMessage.LeaseGone(id, report.epoch()));
  }

  void settled(WorkReport report) {
    report.replyTo().tell(new FulfillerMessage.Settled(id, report.epoch()));
  }

  /**
   * The caller has checked that the fulfiller holds the lease. Inputs that are not there the actor
   * hears of as {@link RequestCommand.InputsMissing}.
   */
  void sendInputs(State.Leased leased, WorkReport.NeedInputs need) {
    if (opening == need.epoch()) {
      return;
    }
    opening = need.epoch();
    context.pipeToSelf(
        inputs.open(leased.facts().order(), id, need),
        (found, failure) -> {
          opening = 0; // in the actor, as all that is piped to it
          if (failure != null) {
            return Timeout.RETRY; // the fulfiller asks again with its next heartbeat
          }
          return switch (Objects.requireNonNull(found)) {
            case InputStreams.Opened.Streams(var streams) ->
                new RequestCommand.InputsOpened(need, streams);
            case InputStreams.Opened.Missing(boolean program) ->
                new RequestCommand.InputsMissing(need.epoch(), program);
          };
        });
  }

  /** The caller has checked again that the fulfiller holds the lease: opening may take a while. */
  void sendInputs(RequestCommand.InputsOpened opened) {
    opened.need().replyTo().tell(opened.inputs());
  }

  /**
   * Has the proof streamed in, unless another one is coming in. The actor hears of it as {@link
   * RequestCommand.ProofStored} or {@link RequestCommand.ProofNotStored}.
   */
  void takeIn(State.Unproved unproved, WorkReport.HaveProof offer) {
    intake
        .open(unproved.facts().order().requester(), offer)
        .ifPresent(
            stored ->
                context.pipeToSelf(
                    stored,
                    (proof, failure) ->
                        proof != null
                            ? new RequestCommand.ProofStored(offer, proof)
                            : new RequestCommand.ProofNotStored(offer.epoch(), reason(failure))));
  }

  /** There may be another. */
  void proofStored() {
    intake.over();
  }

  /** It may be offered again, or another one may. */
  void proofNotStored(RequestCommand.ProofNotStored refused) {
    intake.over();
    context
        .getLog()
        .warn("{}: proof of epoch {} was not stored: {}", id, refused.epoch(), refused.reason());
  }

  private static String reason(@Nullable Throwable failure) {
    return failure == null ? "no reason given" : failure.getClass().getSimpleName();
  }
}
