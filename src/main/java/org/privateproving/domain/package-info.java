/**
 * The words everything else speaks: identifiers, limits, causes of failure, refusals.
 *
 * <p>Values only. Nothing comes in here that does I/O, and this package depends on no other of
 * ours.
 */
@NullMarked
package org.privateproving.domain;

import org.jspecify.annotations.NullMarked;
