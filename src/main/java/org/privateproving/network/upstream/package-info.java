/**
 * A prover network that others run: calls to it over gRPC, requests that are registered there, and
 * results that are reported there in our fulfiller's name.
 *
 * <p>Whatever a client signed goes out as it came in. What never goes out: a stdin, in no form.
 * Every call has a time limit, their number is bounded, and a network that does not answer is left
 * alone for a while (a circuit breaker); all of that is {@code NetworkCalls}'s.
 */
@NullMarked
package org.privateproving.network.upstream;

import org.jspecify.annotations.NullMarked;
