package org.privateproving.fulfiller;

import java.util.Set;
import org.privateproving.domain.VkHash;
import org.privateproving.sp1.EngineInfo;

/**
 * One engine and the proving keys it keeps warm. All native work runs on one thread of the device's
 * own, in the order in which it was asked for; methods return at once.
 */
interface ProvingDevice extends AutoCloseable {

  EngineInfo info();

  /** Programs whose keys are ready, as of the last finished call. */
  Set<VkHash> warm();

  /** Begins a job, which the caller closes before the device. */
  ProvingJob begin(Assignment assignment);

  /** Lets go of the engine and its keys, after the work it has begun. */
  @Override
  void close();
}
