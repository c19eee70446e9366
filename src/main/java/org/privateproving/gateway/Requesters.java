package org.privateproving.gateway;

import java.util.Set;
import org.privateproving.domain.Address;
import org.privateproving.domain.Refusal;

/**
 * Who may upload, register programs and request proofs.
 *
 * @param allowed empty: everybody
 */
record Requesters(Set<Address> allowed) {

  /**
   * @throws Refusal NOT_ALLOWED unless {@code signer} may use this service
   */
  Address require(Address signer) {
    if (!allowed.isEmpty() && !allowed.contains(signer)) {
      throw new Refusal(
          Refusal.Reason.NOT_ALLOWED,
          signer
              + " may not use this service; ask its operator to add the address to"
              + " allowed-requesters");
    }
    return signer;
  }
}
