package org.privateproving.sp1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.junit.jupiter.api.Test;

class NativeHandleTest {

  private int freed;
  private final NativeHandle handle = newHandle();

  @Test
  void shouldFreeOnceWhenClosedTwice() {
    handle.close();
    handle.close();
    assertThat(freed).isEqualTo(1);
  }

  @Test
  void shouldFreeAtTheEndOfTheLastUseWhenClosedDuringUses() {
    var first = handle.use();
    var second = handle.use();
    handle.close();
    first.close();
    assertThat(freed).isZero();
    second.close();
    assertThat(freed).isEqualTo(1);
  }

  @Test
  void shouldNotFreeWhenAUseEndsAndNobodyClosed() {
    handle.use().close();
    assertThat(freed).isZero();
  }

  @Test
  void shouldRefuseAUseAfterClosing() {
    handle.close();
    assertThatIllegalStateException().isThrownBy(handle::use).withMessageContaining("thing");
  }

  @SuppressWarnings("UnusedMethod") // called through the handle
  private void free(MemorySegment pointer) {
    assertThat(pointer).isEqualTo(MemorySegment.NULL);
    freed++;
  }

  private NativeHandle newHandle() {
    try {
      var free =
          MethodHandles.lookup()
              .bind(this, "free", MethodType.methodType(void.class, MemorySegment.class));
      return new NativeHandle("thing", MemorySegment.NULL, free);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(e.getMessage(), e);
    }
  }
}
