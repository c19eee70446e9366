package org.privateproving.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.privateproving.dispatch.Dispatcher;
import org.privateproving.domain.FailureCause;
import org.privateproving.domain.Refusal;
import org.privateproving.fulfiller.WorkReport.Fault;
import org.privateproving.network.ProgramUnavailable;

/** No device waits for a program: a request asks for one when its program is here. */
class ProgramSupplyTest {
  @RegisterExtension static final RequestKit kit = RequestKit.start();

  private static final Refusal BUSY = new Refusal(Refusal.Reason.TRY_AGAIN, "status 503");

  private final SlowPrograms programs = new SlowPrograms();
  private final RunningRequest request = kit.request().over(programs);

  @Test
  void shouldAskForADeviceOnlyWhenItsProgramIsHere() {
    CompletableFuture<Void> fetch = programs.nextFetch();
    request.accepted();
    request.dispatcher.expectNoMessage(Duration.ofMillis(300));

    fetch.complete(null);

    request.dispatcher.expectMessageClass(Dispatcher.Waiting.class);
    assertThat(programs.asked).hasValue(1);
  }

  @Test
  void shouldFetchAgainWhatMayStillCome() {
    programs.nextFetch().completeExceptionally(BUSY);
    programs.nextFetch().completeExceptionally(BUSY);
    request.accepted();

    request.dispatcher.expectMessageClass(Dispatcher.Waiting.class);

    assertThat(programs.asked).hasValue(3);
    assertThat(((State.Queued) request.state()).facts().attempts()).isZero();
  }

  @Test
  void shouldPauseBeforeItFetchesAgainHoweverOftenItIsWoken() {
    programs.nextFetch().completeExceptionally(BUSY);
    request.accepted();
    await().until(() -> programs.asked.get() == 1);

    for (int i = 0; i < 20; i++) {
      request.woken();
    }

    assertThat(programs.asked).hasValue(1);
    request.dispatcher.expectMessageClass(Dispatcher.Waiting.class);
    assertThat(programs.asked).hasValue(2);
  }

  @Test
  void shouldFailWithAReasonWhenItsProgramCannotBeHad() {
    programs.nextFetch().completeExceptionally(new ProgramUnavailable("status 404"));
    request.accepted();

    await().until(() -> request.state() instanceof State.Failed);

    State.Failed failed = (State.Failed) request.state();
    assertThat(failed.cause()).isEqualTo(FailureCause.INPUTS_LOST);
    assertThat(failed.detail()).isEqualTo("its program cannot be had: status 404");
    assertThat(programs.withdrawn).hasValue(1);
    request.dispatcher.expectNoMessage(Duration.ofMillis(100));
  }

  @Test
  void shouldExpireWhileItsProgramIsStillOnItsWay() {
    programs.nextFetch();
    request.until(Instant.now().plusMillis(500));
    request.accepted();

    await().until(() -> request.state() instanceof State.Expired);

    request.dispatcher.expectNoMessage(Duration.ofMillis(100));
  }

  @Test
  void shouldNotFetchAgainForTheNextLease() {
    request.leased();
    request.told(request.gaveUp(1, Fault.NONE));
    request.dispatcher.expectMessageClass(Dispatcher.Waiting.class);
    request.proposed("gpu-1");

    assertThat(request.state()).isInstanceOf(State.Leased.class);
    assertThat(programs.asked).hasValue(1);
  }

  @Test
  void shouldFindOutAnewAfterARestart() {
    programs.nextFetch();
    request.accepted();
    await().until(() -> programs.asked.get() == 1);

    request.restart();

    request.dispatcher.expectMessageClass(Dispatcher.Waiting.class);
    assertThat(programs.asked).hasValue(2);
  }
}
