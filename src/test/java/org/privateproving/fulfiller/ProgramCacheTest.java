package org.privateproving.fulfiller;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.privateproving.domain.VkHash;
import org.privateproving.sp1.ProgramKey;

class ProgramCacheTest {
  private final List<Integer> closed = new ArrayList<>();
  private final ProgramCache cache = new ProgramCache(2);

  private static VkHash hash(int program) {
    byte[] hash = new byte[32];
    Arrays.fill(hash, (byte) program);
    return VkHash.of(hash);
  }

  private ProgramCache.Loan add(int program) {
    return cache.add(
        hash(program),
        new ProgramKey() {
          @Override
          public byte[] vkHash() {
            return hash(program).bytes();
          }

          @Override
          public byte[] vk() {
            return new byte[0];
          }

          @Override
          public void close() {
            closed.add(program);
          }
        });
  }

  @Test
  void shouldKeepAKeyOpenAfterItCameBack() {
    add(1).close();
    assertThat(closed).isEmpty();
    assertThat(cache.borrow(hash(1))).isPresent();
  }

  @Test
  void shouldForgetAndCloseTheKeyNotAskedForLongest() {
    add(1).close();
    add(2).close();
    cache.borrow(hash(1)).orElseThrow().close();
    add(3).close();
    assertThat(closed).containsExactly(2);
    assertThat(cache.warm()).containsExactlyInAnyOrder(hash(1), hash(3));
    assertThat(cache.borrow(hash(2))).isEmpty();
  }

  @Test
  void shouldCloseAKeyThatWasForgottenWhileOnLoanWhenTheLastLoanComesBack() {
    ProgramCache.Loan first = add(1);
    ProgramCache.Loan second = cache.borrow(hash(1)).orElseThrow();
    add(2).close();
    add(3).close();
    first.close();
    first.close();
    assertThat(closed).isEmpty();
    second.close();
    assertThat(closed).containsExactly(1);
  }

  @Test
  void shouldCloseAllKeysAndBeEmptyThen() {
    add(1).close();
    ProgramCache.Loan onLoan = add(2);
    cache.close();
    assertThat(closed).containsExactly(1);
    assertThat(cache.warm()).isEmpty();
    onLoan.close();
    assertThat(closed).containsExactly(1, 2);
  }
}
