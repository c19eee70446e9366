package org.privateproving.fulfiller;

import java.time.Duration;
import org.privateproving.domain.RequestId;
import org.privateproving.fulfiller.WorkReport.Phase;
import org.privateproving.sp1.EngineInfo;

/**
 * Hears what a fulfiller does, to show it to whoever sits at the terminal. Called on the
 * fulfiller's actor: must not block.
 */
public interface FulfillerListener {
  void engineStarting(String engine);

  void engineReady(EngineInfo engine, Duration took);

  void engineFailed(String reason);

  /**
   * @param cycles of the execution, unsigned; 0 until it is known
   */
  void working(RequestId id, Phase phase, long cycles);

  /**
   * @param result in a word or two
   */
  void done(RequestId id, String result, Duration took);
}
