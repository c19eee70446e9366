package org.privateproving.dispatch;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.privateproving.domain.CborSerializable;
import org.privateproving.domain.CircuitVersion;
import org.privateproving.fulfiller.DeviceOffer;
import org.privateproving.sp1.ProofMode;

/**
 * Devices of the cluster that can do the same.
 *
 * @param memory of each, in bytes; empty: not known
 * @param count how many there are, free or not
 */
public record DeviceGroup(
    Set<CircuitVersion> versions,
    Set<ProofMode> modes,
    @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<Long> memory,
    int count)
    implements CborSerializable {

  static List<DeviceGroup> of(Collection<DeviceOffer> devices) {
    return devices.stream()
        .map(d -> new DeviceGroup(d.versions(), d.modes(), d.memory(), 1))
        .collect(Collectors.groupingBy(kind -> kind, Collectors.summingInt(DeviceGroup::count)))
        .entrySet()
        .stream()
        .map(
            kind ->
                new DeviceGroup(
                    kind.getKey().versions(),
                    kind.getKey().modes(),
                    kind.getKey().memory(),
                    kind.getValue()))
        .toList();
  }
}
