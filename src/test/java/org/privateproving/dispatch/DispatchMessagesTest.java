package org.privateproving.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.privateproving.dispatch.SampleWork.ALICE;
import static org.privateproving.dispatch.SampleWork.NOW;
import static org.privateproving.dispatch.SampleWork.V6;
import static org.privateproving.dispatch.SampleWork.id;
import static org.privateproving.dispatch.SampleWork.program;
import static org.privateproving.dispatch.SampleWork.waiting;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.typesafe.config.ConfigFactory;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.serialization.jackson.JacksonObjectMapperProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.privateproving.domain.CircuitVersion;
import org.privateproving.fulfiller.DeviceOffer;
import org.privateproving.fulfiller.FulfillerMessage;
import org.privateproving.sp1.ProofMode;

/** What nodes tell the dispatcher, and it them, as it travels between nodes. */
class DispatchMessagesTest {
  private static final ActorTestKit ACTORS =
      ActorTestKit.create(
          ConfigFactory.parseString(
              """
              pekko.actor.serialization-bindings {
                "org.privateproving.domain.CborSerializable" = jackson-cbor
              }
              """));

  @AfterAll
  static void stop() {
    ACTORS.shutdownTestKit();
  }

  private static DeviceOffer offer(Optional<Long> memory) {
    return new DeviceOffer(
        "gpu-0",
        7,
        true,
        Set.of(new CircuitVersion(V6)),
        Set.of(ProofMode.values()),
        Set.of(program(1)),
        memory,
        ACTORS.<FulfillerMessage>createTestProbe().getRef());
  }

  static Stream<Object> messages() {
    WaitingRequest request = waiting(1, ALICE, NOW);
    return Stream.of(
        new Dispatcher.Waiting(request),
        new Dispatcher.StillWaiting(
            List.of(request, waiting(2, ALICE, NOW)),
            ACTORS.<RollCall.Command>createTestProbe().getRef()),
        new Dispatcher.NotWaiting(id(1)),
        new Dispatcher.Declined(id(1), "gpu-0"),
        new Dispatcher.Offered(offer(Optional.empty())),
        new Dispatcher.Offered(offer(Optional.of(24L << 30))),
        new Dispatcher.Withdrawn("gpu-0"),
        new RollCall.Heard(false, DeviceGroup.of(List.of(offer(Optional.of(1L))))));
  }

  @ParameterizedTest
  @MethodSource("messages")
  void shouldArriveAsItWasSent(Object message) {
    ACTORS.serializationTestKit().verifySerialization(message, true);
  }

  /** During an upgrade, nodes of both releases talk to one dispatcher. */
  @Test
  void shouldUnderstandNodesThatDoNotKnowOfMemoryYet() throws Exception {
    ObjectMapper cbor =
        JacksonObjectMapperProvider.get(ACTORS.system())
            .getOrCreate("jackson-cbor", Optional.empty());
    WaitingRequest request =
        new WaitingRequest(
            id(1),
            ALICE,
            program(1),
            new CircuitVersion(V6),
            ProofMode.CORE,
            NOW,
            NOW,
            Optional.of(5L));
    ObjectNode older = cbor.valueToTree(request);
    older.remove("memory");
    assertThat(cbor.treeToValue(older, WaitingRequest.class).memory()).isEmpty();
  }
}
