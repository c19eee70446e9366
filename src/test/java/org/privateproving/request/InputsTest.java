package org.privateproving.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.privateproving.request.RequestKit.get;

import java.time.Duration;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.privateproving.domain.FailureCause;
import org.privateproving.fulfiller.FulfillerMessage;
import org.privateproving.fulfiller.FulfillerMessage.Inputs;
import org.privateproving.fulfiller.WorkReport.NeedInputs;

/** How the holder of a lease gets its inputs. */
class InputsTest {
  @RegisterExtension static final RequestKit kit = RequestKit.start();

  private final RunningRequest request = kit.request();

  @Test
  void shouldSendTheInputsToTheHolderOfTheLease() {
    request.leased();
    request.told(new NeedInputs(1, true, request.fulfiller.getRef()));
    Inputs inputs = request.fulfiller.expectMessageClass(Inputs.class, Duration.ofSeconds(10));
    assertThat(read(inputs.program().orElseThrow())).isEqualTo("the elf");
    assertThat(read(inputs.stdin())).isEqualTo("the stdin");
  }

  private static String read(FulfillerMessage.Input input) {
    return get(input
            .bytes()
            .getSource()
            .runWith(
                Sink.fold(ByteString.emptyByteString(), ByteString::concat), kit.actors().system()))
        .utf8String();
  }

  @Test
  void shouldFailWhenItsStdinIsNoLongerThere() {
    request.leased();
    get(kit.artifacts().erase(request.order().terms().stdin()));
    request.told(new NeedInputs(1, false, request.fulfiller.getRef()));
    await().until(() -> request.state() instanceof State.Failed);
    State.Failed failed = (State.Failed) request.state();
    assertThat(failed.cause()).isEqualTo(FailureCause.INPUTS_LOST);
    assertThat(failed.detail()).contains("stdin");
  }

  @Test
  void shouldFailWhenItsProgramIsNoLongerThere() {
    request.leased();
    get(kit.artifacts().erase(request.order().program()));
    request.told(new NeedInputs(1, true, request.fulfiller.getRef()));
    await().until(() -> request.state() instanceof State.Failed);
    State.Failed failed = (State.Failed) request.state();
    assertThat(failed.cause()).isEqualTo(FailureCause.INPUTS_LOST);
    assertThat(failed.detail()).contains("register it again");
  }
}
