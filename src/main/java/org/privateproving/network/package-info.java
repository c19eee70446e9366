/**
 * The port to a prover network and what stands behind it: the hosted ledger, which is our own and
 * needs nobody else, and {@code upstream}, a network that others run, of which only the wiring
 * knows more than {@link Upstream}. Also who tells it the results: the Reporter.
 *
 * <p>Knows no gateway and no fulfiller. Wire messages that are passed through are taken as they
 * are; everything else comes in the words of {@code domain}.
 */
@NullMarked
package org.privateproving.network;

import org.jspecify.annotations.NullMarked;
