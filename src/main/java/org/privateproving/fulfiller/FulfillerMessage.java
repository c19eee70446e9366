package org.privateproving.fulfiller;

import java.util.Optional;
import org.apache.pekko.stream.SinkRef;
import org.apache.pekko.stream.SourceRef;
import org.apache.pekko.util.ByteString;
import org.privateproving.domain.CborSerializable;
import org.privateproving.domain.RequestId;

/** What the owner of a lease tells the fulfiller that holds it. */
public sealed interface FulfillerMessage {

  /** A lease, already persisted: begin. */
  record Assign(Assignment assignment) implements FulfillerMessage, CborSerializable {}

  /** The heartbeat was heard and the lease runs for another term. */
  record LeaseRenewed(RequestId id, long epoch) implements FulfillerMessage, CborSerializable {}

  /**
   * The lease is no longer yours. A proof that is being made may still be offered; everything else
   * is to be dropped.
   */
  record LeaseGone(RequestId id, long epoch) implements FulfillerMessage, CborSerializable {}

  /**
   * The inputs, as their uploaders sent them.
   *
   * @param program absent if it was not asked for
   */
  record Inputs(RequestId id, long epoch, Optional<Input> program, Input stdin)
      implements FulfillerMessage, CborSerializable {}

  /**
   * @param size of the whole, in bytes
   */
  record Input(long size, SourceRef<ByteString> bytes) implements CborSerializable {}

  /** Where the proof that was offered goes. */
  record ProofTarget(RequestId id, long epoch, SinkRef<ByteString> target)
      implements FulfillerMessage, CborSerializable {}

  /** The result is safe, or nobody wants it any more: the job is over. */
  record Settled(RequestId id, long epoch) implements FulfillerMessage, CborSerializable {}
}
