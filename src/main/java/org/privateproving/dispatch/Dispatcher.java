package org.privateproving.dispatch;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.privateproving.domain.Address;
import org.privateproving.domain.CborSerializable;
import org.privateproving.domain.RequestId;
import org.privateproving.fulfiller.DeviceOffer;

/**
 * Matches waiting requests with free devices; one per cluster.
 *
 * <p>Requests say that they wait, servers show all of theirs again and again ({@link RollCall}),
 * and fulfillers say what they offer; whoever falls silent is forgotten. A match is only a
 * proposal: the request decides, persists the lease and tells the fulfiller. Until both are heard
 * of again, they are held back from further matches.
 */
public final class Dispatcher extends AbstractBehavior<Dispatcher.Command> {

  public sealed interface Command {}

  /** A request waits; said on entering the queue. */
  public record Waiting(WaitingRequest request) implements Command, CborSerializable {}

  /** Some of a server's requests that still wait; answered by {@link RollCall.Heard}. */
  record StillWaiting(List<WaitingRequest> requests, ActorRef<RollCall.Command> server)
      implements Command, CborSerializable {}

  /** A request waits no more, whatever became of it. */
  public record NotWaiting(RequestId id) implements Command, CborSerializable {}

  /** A request will have nothing of a proposal: it does not wait. */
  public record Declined(RequestId id, String fulfiller) implements Command, CborSerializable {}

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

  /** Who is not heard of for so long is gone: a device, and a server. */
  static final Duration SILENT_AFTER = Duration.ofSeconds(12);

  // How long a device or a request is held back after a match that nothing came of.
  private static final Duration HOLD_BACK = Duration.ofSeconds(5);

  private final Proposals proposals;
  private final Clock clock;
  private final Waiters waiters = new Waiters();
  private final Devices devices = new Devices();
  private final Map<ActorRef<RollCall.Command>, Instant> servers = new HashMap<>();

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
      case Waiting(WaitingRequest request) -> waiters.heard(request, now);
      case StillWaiting(var requests, var server) -> onStillWaiting(requests, server, now);
      case NotWaiting(RequestId id) -> waiters.remove(id);
      case Declined(RequestId id, String fulfiller) -> {
        waiters.remove(id);
        release(devices.declined(fulfiller, id, now));
      }
      case Offered(DeviceOffer offer) -> release(devices.heard(offer, now));
      case Withdrawn(String fulfiller) -> release(devices.withdrawn(fulfiller));
      case Tick.INSTANCE -> onTick(now);
    }
    match(now);
    return this;
  }

  private void onStillWaiting(
      List<WaitingRequest> requests, ActorRef<RollCall.Command> server, Instant now) {
    for (WaitingRequest request : requests) {
      waiters.heard(request, now);
    }
    boolean known = servers.put(server, now) != null;
    server.tell(new RollCall.Heard(known, DeviceGroup.of(devices.all())));
  }

  private void onTick(Instant now) {
    Instant silentSince = now.minus(SILENT_AFTER);
    int before = devices.size();
    for (Address requester : devices.tick(now, silentSince)) {
      waiters.queue().end(requester);
    }
    if (devices.size() < before) {
      getContext().getLog().info("A fulfiller has fallen silent; {} left", devices.size());
    }
    servers.values().removeIf(heardAt -> heardAt.isBefore(silentSince));
    waiters.tick(now);
  }

  private void release(Optional<Address> requester) {
    requester.ifPresent(waiters.queue()::end);
  }

  private void match(Instant now) {
    for (var match = DispatchPolicy.next(waiters.queue(), devices.free(), now);
        match.isPresent();
        match = DispatchPolicy.next(waiters.queue(), devices.free(), now)) {
      WaitingRequest request = match.get().waiter().request();
      DeviceOffer device = match.get().device();
      waiters.propose(match.get().waiter(), now, HOLD_BACK);
      devices.propose(device, request, now, HOLD_BACK);
      proposals.propose(request.id(), device);
    }
  }
}
