package org.privateproving.cli;

import com.typesafe.config.Config;
import java.nio.file.Path;
import org.privateproving.sp1.Engine;
import org.privateproving.sp1.EngineException;
import org.privateproving.sp1.EngineInfo;
import org.privateproving.sp1.EngineKind;
import org.privateproving.sp1.EngineOptions;

/**
 * Loads the native library that a fulfiller would load, and opens the engine that costs nothing.
 */
final class BridgeProbe implements Sp1Probe {
  private static final String KEY = "private-proving.fulfiller.native-library";

  @Override
  public Result probe(Config config) {
    String library = config.getString(KEY);
    EngineOptions options =
        new EngineOptions(EngineKind.MOCK, 0, library.isEmpty() ? null : Path.of(library));
    try (Engine engine = Engine.open(options)) {
      EngineInfo info = engine.info();
      return new Loaded(info.sdkVersion(), info.circuitVersion());
    } catch (EngineException | RuntimeException | LinkageError e) {
      return new NotLoaded(String.valueOf(e.getMessage()));
    }
  }
}
