package org.privateproving.dispatch;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;
import org.privateproving.domain.Address;
import org.privateproving.domain.CborSerializable;
import org.privateproving.domain.RequestId;
import org.privateproving.fulfiller.DeviceOffer;

/**
 * Matches waiting requests with free devices; one per cluster.
 *
 * <p>Requests say that they wait, and fulfillers what they offer, again and again; whoever falls
 * silent is forgotten. A match is only a proposal: the request decides, persists the lease and
 * tells the fulfiller. Until both are heard of again, they are held back from further matches.
 */
public final class Dispatcher extends AbstractBehavior<Dispatcher.Command> {

  public sealed interface Command {}

  /** A request waits; said on entering the queue and repeated while it lasts. */
  public record Waiting(WaitingRequest request) implements Command, CborSerializable {}

  /** A request waits no more, whatever became of it. */
  public record NotWaiting(RequestId id) implements Command, CborSerializable {}

  /** A fulfiller says what it offers. */
  public record Offered(DeviceOffer offer) implements Command, CborSerializable {}

  /** A fulfiller leaves. */
  public record Withdrawn(String fulfiller) implements Command, CborSerializable {}

  enum Tick implements Command {
    INSTANCE
  }

  /** The way to a request: proposes that it lease this device. */
  @FunctionalInterface
  public interface Proposals {
    void propose(RequestId id, DeviceOffer device);
  }

  /** Requests and fulfillers say what they have to say at least this often. */
  public static final Duration REPEAT_EVERY = Duration.ofSeconds(3);

  private static final Duration FORGET_AFTER = REPEAT_EVERY.multipliedBy(4);
  // How long a device or a request is held back after a match that nothing came of.
  private static final Duration HOLD_BACK = Duration.ofSeconds(5);

  private record Waiter(WaitingRequest request, Instant heardAt, Instant heldBackUntil) {}

  private record Device(
      DeviceOffer offer, Instant heardAt, Instant heldBackUntil, @Nullable Address worksFor) {}

  private final Proposals proposals;
  private final Clock clock;
  private final Map<RequestId, Waiter> waiting = new HashMap<>();
  private final Map<String, Device> devices = new HashMap<>();

  public static Behavior<Command> create(Proposals proposals, Clock clock) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(timers -> new Dispatcher(context, timers, proposals, clock)));
  }

  private Dispatcher(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      Proposals proposals,
      Clock clock) {
    super(context);
    this.proposals = proposals;
    this.clock = clock;
    timers.startTimerWithFixedDelay(Tick.INSTANCE, Duration.ofSeconds(1));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder().onMessage(Command.class, this::on).build();
  }

  private Behavior<Command> on(Command command) {
    Instant now = clock.instant();
    switch (command) {
      case Waiting(WaitingRequest request) -> {
        Waiter known = waiting.get(request.id());
        waiting.put(
            request.id(),
            new Waiter(request, now, known == null ? Instant.EPOCH : known.heldBackUntil()));
        if (known != null) {
          return this; // a sign of life, which changes nothing
        }
      }
      case NotWaiting(RequestId id) -> waiting.remove(id);
      case Offered(DeviceOffer offer) ->
          devices.compute(offer.fulfiller(), (_, known) -> heard(known, offer, now));
      case Withdrawn(String fulfiller) -> devices.remove(fulfiller);
      case Tick.INSTANCE -> forgetTheSilent(now);
    }
    match(now);
    return this;
  }

  private static Device heard(@Nullable Device known, DeviceOffer offer, Instant now) {
    if (known == null || !known.offer().ref().equals(offer.ref())) {
      return new Device(offer, now, Instant.EPOCH, null); // new, or started again
    }
    if (known.offer().serial() > offer.serial()) {
      return known;
    }
    // Busy: what it was held back for has arrived, so its next "free" can be believed at once.
    Instant heldBackUntil = offer.free() ? known.heldBackUntil() : Instant.EPOCH;
    boolean idle = offer.free() && !now.isBefore(heldBackUntil);
    return new Device(offer, now, heldBackUntil, idle ? null : known.worksFor());
  }

  private void forgetTheSilent(Instant now) {
    Instant silentSince = now.minus(FORGET_AFTER);
    waiting.values().removeIf(w -> w.heardAt().isBefore(silentSince));
    if (devices.values().removeIf(d -> d.heardAt().isBefore(silentSince))) {
      getContext().getLog().info("A fulfiller has fallen silent; {} left", devices.size());
    }
  }

  private void match(Instant now) {
    List<WaitingRequest> requests =
        waiting.values().stream()
            .filter(w -> !now.isBefore(w.heldBackUntil()))
            .map(Waiter::request)
            .toList();
    List<DeviceOffer> free =
        devices.values().stream()
            .filter(d -> d.offer().free() && !now.isBefore(d.heldBackUntil()))
            .map(Device::offer)
            .toList();
    if (requests.isEmpty() || free.isEmpty()) {
      return;
    }
    Map<Address, Integer> atWork =
        devices.values().stream()
            .filter(d -> d.worksFor() != null)
            .collect(Collectors.toMap(Device::worksFor, _ -> 1, Integer::sum));
    for (var match : DispatchPolicy.match(requests, free, atWork)) {
      WaitingRequest request = match.request();
      Instant until = now.plus(HOLD_BACK);
      waiting.put(request.id(), new Waiter(request, now, until));
      devices.put(
          match.device().fulfiller(), new Device(match.device(), now, until, request.requester()));
      proposals.propose(request.id(), match.device());
    }
  }
}
