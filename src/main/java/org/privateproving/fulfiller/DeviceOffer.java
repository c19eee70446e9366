package org.privateproving.fulfiller;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Optional;
import java.util.Set;
import org.apache.pekko.actor.typed.ActorRef;
import org.privateproving.domain.CborSerializable;
import org.privateproving.domain.CircuitVersion;
import org.privateproving.domain.VkHash;
import org.privateproving.sp1.ProofMode;

/**
 * What a fulfiller tells the dispatcher about its device: on every change, and every few seconds as
 * a sign of life.
 *
 * @param fulfiller its name, unique among those alive
 * @param serial counts up with every offer
 * @param free whether it takes an assignment now
 * @param warm programs whose proving keys are ready
 * @param memory of the device, in bytes; empty: not known
 */
public record DeviceOffer(
    String fulfiller,
    long serial,
    boolean free,
    Set<CircuitVersion> versions,
    Set<ProofMode> modes,
    Set<VkHash> warm,
    @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<Long> memory,
    ActorRef<FulfillerMessage> ref)
    implements CborSerializable {}
