package org.privateproving.request;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.privateproving.domain.Refusal;
import org.privateproving.domain.RequestId;
import org.privateproving.domain.RootCause;
import org.privateproving.network.ProgramUnavailable;
import org.privateproving.network.ProverNetwork;
import org.privateproving.request.RequestCommand.Supply;
import org.privateproving.request.RequestCommand.Timeout;

/**
 * Has a request's program brought into the store before any device is asked for, so that none waits
 * for whoever keeps the program. Confined to the actor.
 */
final class ProgramSupply {
  static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

  private final RequestId id;
  private final ProverNetwork network;
  private final ActorContext<RequestCommand> context;
  private final Alarms alarms;
  private boolean here;
  private boolean underWay;
  private Duration pause = FIRST_PAUSE;

  ProgramSupply(
      RequestId id, ProverNetwork network, ActorContext<RequestCommand> context, Alarms alarms) {
    this.id = id;
    this.network = network;
    this.context = context;
    this.alarms = alarms;
  }

  /**
   * Whether the program is in the store. If not, it is being fetched from now on, and the actor
   * hears of it as {@link Supply}. To be called again then, and at {@link Timeout#PROGRAM}.
   */
  boolean isHere(Order order) {
    if (!here && !underWay && !alarms.isSet(Timeout.PROGRAM)) {
      underWay = true;
      context.pipeToSelf(
          network.provide(order.terms().vkHash(), order.program()),
          (_, failure) -> failure == null ? Supply.Here.INSTANCE : supply(failure));
    }
    return here;
  }

  private static Supply supply(Throwable failure) {
    return switch (RootCause.of(failure)) {
      case ProgramUnavailable gone -> new Supply.Gone(String.valueOf(gone.getMessage()));
      case Refusal refusal -> new Supply.Late(refusal.message());
      // Its message may quote anything.
      case Throwable other -> new Supply.Late(other.getClass().getSimpleName());
    };
  }

  /** Says so once for each request; whoever fetches tells of each attempt. */
  void heard(Supply supply) {
    underWay = false;
    switch (supply) {
      case Supply.Here.INSTANCE -> here = true;
      case Supply.Gone _ -> {}
      case Supply.Late(String why) -> {
        if (pause.equals(FIRST_PAUSE)) {
          context.getLog().warn("{} waits for its program: {}", id, why);
        }
        alarms.after(Timeout.PROGRAM, jittered(pause));
        Duration doubled = pause.multipliedBy(2);
        pause = doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
      }
    }
  }

  /** Finds out anew: what was on its way to the actor may be lost. */
  void doubt() {
    here = false;
    underWay = false;
  }

  /** The program is of no use any more. */
  void stop() {
    alarms.cancel(Timeout.PROGRAM);
  }

  /** Many requests may wait for one program. */
  private static Duration jittered(Duration pause) {
    long millis = pause.toMillis();
    return Duration.ofMillis(millis / 2 + ThreadLocalRandom.current().nextLong(millis / 2 + 1));
  }
}
