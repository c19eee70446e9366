/** A prover network that is somebody else's. */
@NullMarked
package org.privateproving.network.upstream;

import org.jspecify.annotations.NullMarked;
