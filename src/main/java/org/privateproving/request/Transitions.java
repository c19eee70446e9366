package org.privateproving.request;

import java.time.Instant;
import java.util.Optional;
import org.privateproving.domain.Digest;
import org.privateproving.request.State.Absent;
import org.privateproving.request.State.Execution;
import org.privateproving.request.State.Expired;
import org.privateproving.request.State.Facts;
import org.privateproving.request.State.Failed;
import org.privateproving.request.State.Fulfilled;
import org.privateproving.request.State.Known;
import org.privateproving.request.State.Lease;
import org.privateproving.request.State.Leased;
import org.privateproving.request.State.Open;
import org.privateproving.request.State.Proved;
import org.privateproving.request.State.Queued;
import org.privateproving.request.State.Unproved;

/**
 * Which event leads from which state to which: the state machine of a request, as a pure function.
 *
 * <pre>
 *             Accepted           LeaseGranted            Proved            Fulfilled
 *   (absent) ---------> Queued ---------------> Leased --------> Proved ------------> Fulfilled
 *                         ^  |                   | | |              |
 *                         |  |     LeaseLost     | | | Executed     |
 *                         |  +------- &lt; --------+ | +--> Leased    |
 *                         |                        |                |
 *                         +--- Failed | Expired ---+----------------+---> Failed | Expired
 * </pre>
 *
 * Executed and Proved are taken in Queued as well: a verified proof is welcome however late.
 * FulfilledElsewhere leads from Queued and Leased to Fulfilled, without a proof of ours.
 * InputsErased follows any end, FailureReported a failure that the network is to hear of. Every
 * other pair is a defect and throws.
 */
final class Transitions {
  private static final Digest NO_TX = Digest.of(new byte[Digest.BYTES]);

  private Transitions() {}

  /**
   * @throws IllegalStateException for an event that cannot follow this state
   */
  static State apply(State state, Event event) {
    return switch (event) {
      case Event.Accepted e when state instanceof Absent ->
          new Queued(new Facts(e.order(), e.at(), e.at(), 0, 0, Optional.empty(), false));

      case Event.LeaseGranted e when state instanceof Queued(Facts f, var _) ->
          new Leased(
              with(f, e.at(), e.epoch(), f.attempts(), f.execution()),
              new Lease(e.epoch(), e.fulfiller(), e.at(), e.until()));

      case Event.LeaseLost e when state instanceof Leased(Facts f, Lease _) ->
          new Queued(
              with(f, e.at(), f.epoch(), f.attempts() + (e.counts() ? 1 : 0), f.execution()),
              e.notBefore());

      case Event.Executed e when state instanceof Leased(Facts f, Lease lease) ->
          new Leased(with(f, e.at(), f.epoch(), f.attempts(), Optional.of(execution(e))), lease);

      case Event.Executed e when state instanceof Queued(Facts f, var notBefore) ->
          new Queued(
              with(f, e.at(), f.epoch(), f.attempts(), Optional.of(execution(e))), notBefore);

      case Event.Proved e when state instanceof Leased(Facts f, Lease _) ->
          new Proved(at(f, e.at()), e.proof());
      case Event.Proved e when state instanceof Queued(Facts f, var _) ->
          new Proved(at(f, e.at()), e.proof());

      case Event.Fulfilled e when state instanceof Proved(Facts f, State.StoredProof proof) ->
          new Fulfilled(at(f, e.at()), Optional.of(proof), e.txHash());

      case Event.FulfilledElsewhere e when state instanceof Unproved unproved ->
          new Fulfilled(at(unproved.facts(), e.at()), Optional.empty(), NO_TX);

      case Event.Failed e when state instanceof Open open ->
          new Failed(at(open.facts(), e.at()), e.cause(), e.detail(), e.reportDue().orElse(false));

      case Event.FailureReported e when state instanceof Failed f && f.reportDue() ->
          new Failed(at(f.facts(), e.at()), f.cause(), f.detail(), false);

      case Event.Expired e when state instanceof Open open -> new Expired(at(open.facts(), e.at()));

      case Event.InputsErased e when state instanceof State.Ended ended -> erased(ended, e.at());

      case Event.Accepted _,
          Event.LeaseGranted _,
          Event.LeaseLost _,
          Event.Executed _,
          Event.Proved _,
          Event.Fulfilled _,
          Event.FulfilledElsewhere _,
          Event.Failed _,
          Event.FailureReported _,
          Event.Expired _,
          Event.InputsErased _ ->
          throw new IllegalStateException(
              event.getClass().getSimpleName()
                  + " cannot follow "
                  + state.getClass().getSimpleName());
    };
  }

  private static Known erased(State.Ended ended, Instant at) {
    Facts f = ended.facts();
    Facts erased =
        new Facts(f.order(), f.acceptedAt(), at, f.epoch(), f.attempts(), f.execution(), true);
    return switch (ended) {
      case Fulfilled s -> new Fulfilled(erased, s.proof(), s.txHash());
      case Failed s -> new Failed(erased, s.cause(), s.detail(), s.reportDue());
      case Expired _ -> new Expired(erased);
    };
  }

  private static Execution execution(Event.Executed e) {
    return new Execution(e.cycles(), e.gas(), e.publicValuesDigest(), e.at());
  }

  private static Facts at(Facts f, Instant at) {
    return with(f, at, f.epoch(), f.attempts(), f.execution());
  }

  private static Facts with(
      Facts f, Instant at, long epoch, int attempts, Optional<Execution> execution) {
    return new Facts(f.order(), f.acceptedAt(), at, epoch, attempts, execution, f.inputsErased());
  }
}
