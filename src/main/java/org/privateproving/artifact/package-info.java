/**
 * The artifact store: programs, private inputs and proofs, streamed in encrypted chunks into
 * PostgreSQL and out again, each under a data key of its own that the cluster key wraps.
 *
 * <p>Memory per transfer is a few chunks, whatever the size. What comes in here: bytes, identifiers
 * and owners; nothing of gRPC, of actors' protocols or of proving. Depends on {@code domain} and
 * {@code database} only.
 */
@NullMarked
package org.privateproving.artifact;

import org.jspecify.annotations.NullMarked;
