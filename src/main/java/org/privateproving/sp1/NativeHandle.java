package org.privateproving.sp1;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * A pointer that the library handed out, given back once and never while in use.
 *
 * <p>INVARIANT: the pointer is freed when {@code closed} and no {@link Use} is left, by whichever
 * of the two comes last.
 */
final class NativeHandle {

  private final String what;
  private final MemorySegment pointer;
  private final MethodHandle free;
  private int uses;
  private boolean closed;

  NativeHandle(String what, MemorySegment pointer, MethodHandle free) {
    this.what = what;
    this.pointer = pointer;
    this.free = free;
  }

  /** A stretch of time in which the pointer stays valid. */
  interface Use extends AutoCloseable {
    MemorySegment pointer();

    @Override
    void close();
  }

  /**
   * Begins to use the pointer.
   *
   * @throws IllegalStateException when it has been closed
   */
  synchronized Use use() {
    if (closed) {
      throw new IllegalStateException("This " + what + " is closed.");
    }
    uses++;
    return new Use() {
      @Override
      public MemorySegment pointer() {
        return pointer;
      }

      @Override
      public void close() {
        endUse();
      }
    };
  }

  private synchronized void endUse() {
    uses--;
    freeIfUnused();
  }

  synchronized void close() {
    if (!closed) {
      closed = true;
      freeIfUnused();
    }
  }

  private void freeIfUnused() {
    if (closed && uses == 0) {
      try {
        free.invokeExact(pointer);
      } catch (Throwable e) {
        throw new AssertionError(e);
      }
    }
  }
}
