package org.privateproving.request;

import java.util.Optional;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.privateproving.artifact.ArtifactInfo;
import org.privateproving.domain.Address;
import org.privateproving.domain.CborSerializable;
import org.privateproving.domain.RequestId;
import org.privateproving.fulfiller.FulfillerMessage;
import org.privateproving.fulfiller.WorkReport;
import org.privateproving.network.OwnRequests.Closure;
import org.privateproving.network.Reporter;

/** What a ProofRequest is told. */
public sealed interface RequestCommand {

  // From the gateway.

  record Accept(Order order, ActorRef<Done> replyTo) implements RequestCommand, CborSerializable {}

  /**
   * @param mayHold whether the answer may wait for the end, if that is near
   */
  record Poll(boolean mayHold, ActorRef<Answer> replyTo)
      implements RequestCommand, CborSerializable {}

  record Cancel(Address by, ActorRef<Answer> replyTo) implements RequestCommand, CborSerializable {}

  /**
   * @param snapshot empty if nobody ordered this
   */
  record Answer(Optional<Snapshot> snapshot) implements CborSerializable {
    static Answer of(RequestId id, State state) {
      return new Answer(
          state instanceof State.Known ? Optional.of(new Snapshot(id, state)) : Optional.empty());
    }
  }

  // From the dispatcher.

  record Propose(String fulfiller, ActorRef<FulfillerMessage> ref)
      implements RequestCommand, CborSerializable {}

  // From a fulfiller.

  record Report(WorkReport report) implements RequestCommand, CborSerializable {}

  // From the server.

  /** Look whether something is left to do; sent to every unsettled request now and then. */
  enum Wake implements RequestCommand, CborSerializable {
    INSTANCE
  }

  /** The network closed it without us. */
  record ClosedAtNetwork(Closure closure) implements RequestCommand, CborSerializable {}

  // From itself.

  record ProofStored(WorkReport.HaveProof offer, ArtifactInfo proof) implements RequestCommand {}

  record ProofNotStored(long epoch, String reason) implements RequestCommand {}

  record InputsOpened(WorkReport.NeedInputs need, FulfillerMessage.Inputs inputs)
      implements RequestCommand {}

  /**
   * @param program whether it is the program that is missing or damaged
   */
  record InputsMissing(long epoch, boolean program) implements RequestCommand {}

  /** What came of having its program brought into the store. */
  sealed interface Supply extends RequestCommand {
    /** It is there. */
    enum Here implements Supply {
      INSTANCE
    }

    /** Not yet, but it may still come. */
    record Late(String why) implements Supply {}

    /** It can't be had at all. */
    record Gone(String why) implements Supply {}
  }

  record Told(Reporter.Conclusion conclusion) implements RequestCommand {}

  enum Timeout implements RequestCommand {
    LEASE_OVER,
    DEADLINE_OVER,
    ANNOUNCE,
    PROGRAM,
    HOLD_OVER,
    RETRY,
    IDLE
  }

  enum Erasure implements RequestCommand {
    DONE,
    FAILED
  }
}
