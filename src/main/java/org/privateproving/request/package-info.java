/**
 * ProofRequest: the one owner of a request's truth. Its commands, its events, its state, what each
 * state looks like from outside, and how the rest of the server talks to it.
 *
 * <p>Comes in: orders from the gateway, matches from the dispatcher, work reports from fulfillers.
 * Nothing of gRPC or HTTP.
 */
@NullMarked
package org.privateproving.request;

import org.jspecify.annotations.NullMarked;
