package org.privateproving.fulfiller;

import java.time.Clock;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.privateproving.domain.CircuitVersion;
import org.privateproving.domain.VkHash;
import org.privateproving.sp1.ProofMode;

/**
 * What the dispatcher hears of one fulfiller's device, and for how long it is told that the device
 * rests. Confined to the fulfiller's actor.
 */
final class DeviceOffers {
  private final String fulfiller;
  private final ActorRef<FulfillerMessage> self;
  private final Consumer<DeviceOffer> dispatcher;
  private final Clock clock;
  private final Rest rest = new Rest();
  private long serial;

  /**
   * @param fulfiller its name, unique among those alive
   * @param self where assignments go
   */
  DeviceOffers(
      String fulfiller,
      ActorRef<FulfillerMessage> self,
      Consumer<DeviceOffer> dispatcher,
      Clock clock) {
    this.fulfiller = fulfiller;
    this.self = self;
    this.dispatcher = dispatcher;
    this.clock = clock;
  }

  /** A job has ended. */
  void restAfter(boolean trouble) {
    rest.after(trouble, clock.instant());
  }

  /**
   * @param idle whether it has nothing to do and may be given something
   */
  void say(ProvingDevice device, boolean idle) {
    Set<VkHash> warm = device.warm();
    Set<ProofMode> modes = EnumSet.allOf(ProofMode.class);
    Set<CircuitVersion> versions =
        Set.of(new CircuitVersion("sp1-" + device.info().circuitVersion()));
    boolean free = idle && rest.isOver(clock.instant());
    dispatcher.accept(
        new DeviceOffer(fulfiller, serial++, free, versions, modes, warm, Optional.empty(), self));
  }
}
