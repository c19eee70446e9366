package org.privateproving.sp1;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How to open an engine.
 *
 * @param kind what does the proving
 * @param device the CUDA device's number; not looked at by the other kinds
 * @param library the native library; null looks for it: the system property {@code
 *     private-proving.native-library}, then beside the jar, then in {@code target/native}. A
 *     process loads one library; asking for another afterwards is refused.
 */
public record EngineOptions(EngineKind kind, int device, @Nullable Path library) {

  public EngineOptions {
    if (device < 0) {
      throw new IllegalArgumentException("device: " + device + " (expected: 0 or more)");
    }
  }

  /** The engine of this kind, on device 0, with the library where it is usually found. */
  public static EngineOptions of(EngineKind kind) {
    return new EngineOptions(kind, 0, null);
  }
}
