package org.privateproving.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

class RootCauseTest {
  private final IOException broken = new IOException("broken");

  @Test
  void shouldFindWhatAStageFailedWithBehindTheNextOnes() {
    CompletableFuture<Object> last =
        CompletableFuture.failedFuture(broken).thenApply(x -> x).thenCompose(x -> null);
    Throwable seen = catchThrowable(last::join);
    assertThat(seen).isInstanceOf(CompletionException.class);
    assertThat(RootCause.of(seen)).isSameAs(broken);
  }

  @Test
  void shouldFindWhatAFutureFailedWith() {
    Throwable seen = catchThrowable(CompletableFuture.failedFuture(broken)::get);
    assertThat(seen).isInstanceOf(ExecutionException.class);
    assertThat(RootCause.of(seen)).isSameAs(broken);
  }

  @Test
  void shouldFindItHoweverOftenItIsWrapped() {
    Throwable often =
        new CompletionException(new ExecutionException(new CompletionException(broken)));
    assertThat(RootCause.of(often)).isSameAs(broken);
  }

  @Test
  void shouldLeaveAFailureItsOwnCause() {
    Throwable own = new UncheckedIOException(broken);
    assertThat(RootCause.of(own)).isSameAs(own);
    assertThat(RootCause.of(new CompletionException(own))).isSameAs(own);
  }

  @Test
  void shouldTakeAWrapperOfNothingForTheFailure() {
    Throwable empty = new CompletionException("nothing within", null);
    assertThat(RootCause.of(empty)).isSameAs(empty);
  }
}
