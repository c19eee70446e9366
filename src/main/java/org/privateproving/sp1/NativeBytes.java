package org.privateproving.sp1;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/** A native buffer: what is being uploaded, or a proof. */
final class NativeBytes implements NativeBuffer, Proof {

  private final NativeCalls calls;
  private final NativeHandle handle;

  NativeBytes(NativeCalls calls, String what, MemorySegment pointer) {
    this.calls = calls;
    this.handle = new NativeHandle(what, pointer, calls.bufferFree);
  }

  NativeHandle handle() {
    return handle;
  }

  @Override
  public void append(ByteBuffer bytes) {
    try (var use = handle.use()) {
      calls.append(use.pointer(), MemorySegment.ofBuffer(bytes));
    } catch (EngineException e) {
      throw new IllegalStateException(e);
    }
    bytes.position(bytes.limit());
  }

  @Override
  public long size() {
    try (var use = handle.use()) {
      return calls.length(use.pointer());
    }
  }

  @Override
  public int read(long offset, ByteBuffer target) {
    if (offset < 0) {
      throw new IllegalArgumentException("offset: " + offset + " (expected: 0 or more)");
    }
    if (target.isReadOnly()) {
      throw new IllegalArgumentException("target: read-only (expected: writable)");
    }
    int copied;
    try (var use = handle.use()) {
      copied = (int) calls.read(use.pointer(), offset, MemorySegment.ofBuffer(target));
    } catch (EngineException e) {
      throw new IllegalStateException(e);
    }
    target.position(target.position() + copied);
    return copied;
  }

  byte[] toArray() {
    ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(size()));
    read(0, bytes);
    return bytes.array();
  }

  @Override
  public void close() {
    handle.close();
  }
}
