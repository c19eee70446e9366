package org.privateproving.sp1;

import java.lang.foreign.MemorySegment;

final class NativeStdin implements Stdin {

  private final NativeHandle handle;
  private final long size;

  NativeStdin(NativeCalls calls, MemorySegment pointer) {
    this.handle = new NativeHandle("input", pointer, calls.stdinFree);
    this.size = calls.stdinSize(pointer);
  }

  NativeHandle handle() {
    return handle;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public void close() {
    handle.close();
  }
}
