/**
 * SP1's prover, called in this process through a native library, and nothing else native.
 *
 * <p>Comes in: programs and inputs as the SDK uploaded them, in pieces. Goes out: what an execution
 * came to, proofs as the SDK downloads them, and {@link EngineException}s that say what was wrong
 * without a byte of an input. No other package sees native memory, and this one sees no other
 * package of ours.
 */
@NullMarked
package org.privateproving.sp1;

import org.jspecify.annotations.NullMarked;
