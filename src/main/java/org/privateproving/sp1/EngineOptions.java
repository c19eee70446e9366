package org.privateproving.sp1;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How to open an engine.
 *
 * @param kind what does the proving
 * @param device the CUDA device's number; not looked at by the other kinds
 * @param library the native library; null looks for it: the system property {@code
 *     private-proving.native-library}, then beside the jar, then in {@code target/native}. A
 *     process loads one library; asking for another afterwards is refused.
 * @param noopDuration how long a noop engine's proof takes; not looked at by the other kinds
 */
public record EngineOptions(
    EngineKind kind, int device, @Nullable Path library, Duration noopDuration) {

  public EngineOptions {
    if (device < 0) {
      throw new IllegalArgumentException("device: " + device + " (expected: 0 or more)");
    }
  }

  /** Of an engine whose proofs take the time they take. */
  public EngineOptions(EngineKind kind, int device, @Nullable Path library) {
    this(kind, device, library, Duration.ZERO);
  }

  /** The engine of this kind, on device 0, with the library where it is usually found. */
  public static EngineOptions of(EngineKind kind) {
    return new EngineOptions(kind, 0, null);
  }
}
