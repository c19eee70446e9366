package org.privateproving.cli;

import java.time.Duration;
import java.util.Locale;
import org.privateproving.domain.RequestId;
import org.privateproving.fulfiller.FulfillerListener;
import org.privateproving.fulfiller.WorkReport.Phase;
import org.privateproving.sp1.EngineInfo;

/** Shows at the terminal what the fulfiller of this process does. */
final class FulfillerProgress implements FulfillerListener {
  private static final String ENGINE = "engine";

  private final ProgressLine progress;
  private final String engine;

  /**
   * @param engine as the operator knows it: mock, noop, cpu, cuda
   */
  FulfillerProgress(ProgressLine progress, String engine) {
    this.progress = progress;
    this.engine = engine;
  }

  @Override
  public void engineStarting(String name) {
    progress.show(ENGINE, OperatorLines.engineStarting(name));
  }

  @Override
  public void engineReady(EngineInfo info, Duration took) {
    progress.done(ENGINE, OperatorLines.engineReady(engine, took));
  }

  @Override
  public void engineFailed(String reason) {
    progress.done(ENGINE, OperatorLines.engineFailed(engine, reason));
  }

  @Override
  public void working(RequestId id, Phase phase, long cycles) {
    String text = id + ": " + phase.name().toLowerCase(Locale.ROOT);
    progress.show(
        id.hex(), cycles == 0 ? text : text + ", " + Long.toUnsignedString(cycles) + " cycles");
  }

  @Override
  public void done(RequestId id, String result, Duration took) {
    progress.done(id.hex(), id + ": " + result + " after " + OperatorLines.duration(took));
  }
}
