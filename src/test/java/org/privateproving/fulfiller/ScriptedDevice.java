package org.privateproving.fulfiller;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.privateproving.domain.VkHash;
import org.privateproving.sp1.EngineInfo;
import org.privateproving.sp1.EngineKind;
import org.privateproving.sp1.NativeBuffer;

/** A device whose every step ends when the test says so, and as the test says. */
final class ScriptedDevice implements ProvingDevice {
  final CompletableFuture<RunOutcome> run = new CompletableFuture<>();
  final CompletableFuture<VerifiedProof> proof = new CompletableFuture<>();
  volatile String received = "";
  volatile boolean jobClosed;
  volatile boolean closed;

  static final class HeapBuffer implements NativeBuffer {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    @Override
    public synchronized void append(ByteBuffer piece) {
      while (piece.hasRemaining()) {
        bytes.write(piece.get());
      }
    }

    @Override
    public synchronized long size() {
      return bytes.size();
    }

    @Override
    public void close() {}

    @Override
    public synchronized String toString() {
      return bytes.toString(StandardCharsets.UTF_8);
    }
  }

  @Override
  public EngineInfo info() {
    return new EngineInfo(EngineKind.MOCK, "6.10.0", "v6.1.0");
  }

  @Override
  public Set<VkHash> warm() {
    return Set.of();
  }

  @Override
  public ProvingJob begin(Assignment assignment) {
    return new ScriptedJob();
  }

  @Override
  public void close() {
    closed = true;
  }

  private final class ScriptedJob implements ProvingJob {
    @Override
    public NativeBuffer newBuffer(long sizeHint) {
      return new HeapBuffer();
    }

    @Override
    public CompletionStage<RunOutcome> run(Optional<NativeBuffer> program, NativeBuffer stdin) {
      received = program.orElseThrow() + "|" + stdin;
      return run;
    }

    @Override
    public CompletionStage<VerifiedProof> prove() {
      return proof;
    }

    @Override
    public void close() {
      jobClosed = true;
    }
  }
}
