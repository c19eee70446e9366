package org.privateproving.fulfiller;

import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;
import org.privateproving.domain.Digest;

/**
 * A proof that its prover has verified, outside the Java heap.
 *
 * <p>It belongs to the {@link ProvingJob} that made it; closing the job ends streams of it with an
 * error.
 */
interface VerifiedProof {
  long size();

  Digest sha256();

  /** The whole proof from its start, in pieces small enough to travel between nodes. */
  Source<ByteString, NotUsed> bytes();
}
