package org.privateproving.fulfiller;

import org.privateproving.domain.RequestId;

/**
 * The way to the owner of a request's lease, wherever it is. Called on the fulfiller's actor: must
 * not block; a report may get lost on its way.
 */
@FunctionalInterface
public interface LeaseOwner {
  void report(RequestId id, WorkReport report);
}
