package org.privateproving.fulfiller;

import java.time.Duration;
import org.privateproving.domain.RequestId;
import org.privateproving.fulfiller.WorkReport.Phase;
import org.privateproving.sp1.EngineInfo;

class SilentListener implements FulfillerListener {
  @Override
  public void engineStarting(String engine) {}

  @Override
  public void engineReady(EngineInfo engine, Duration took) {}

  @Override
  public void engineFailed(String reason) {}

  @Override
  public void working(RequestId id, Phase phase, long cycles) {}

  @Override
  public void done(RequestId id, String result, Duration took) {}
}
