package org.privateproving.network.upstream;

import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;
import org.privateproving.network.ProgramUnavailable;

/** One way to where programs are kept. Any number of threads may use it. */
interface ProgramSource<U extends ProgramUri> extends AutoCloseable {

  /**
   * The program's bytes as they are kept there. Nothing is asked before the source runs; cancelling
   * it lets go of the connection. It fails with {@link ProgramUnavailable} when there is no sense
   * in another try, and with anything else when there is; also when the bytes end too early.
   */
  Source<ByteString, ?> open(U uri);

  /** What is under way breaks off. */
  @Override
  void close();
}
