package org.privateproving.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;
import static org.privateproving.request.RequestKit.get;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.privateproving.artifact.ArtifactId;
import org.privateproving.dispatch.DeviceGroup;
import org.privateproving.domain.Address;
import org.privateproving.domain.Refusal;
import org.privateproving.domain.RequestId;
import org.privateproving.sp1.ProofMode;

/** Whom the doorkeeper lets in, by what lies in a real read side. */
class DoorkeeperTest {
  @RegisterExtension static final RequestKit kit = RequestKit.start();

  private static final int MANY = 1_000_000;

  private final RunningRequest around = kit.request();
  private final RequestIndex index = new RequestIndex(kit.database());
  private final Address requester = randomAddress();
  private final Instant deadline = Instant.now().plusSeconds(1000);

  private static Address randomAddress() {
    return new Address(kit.randomId().hex().substring(0, 40));
  }

  private Doorkeeper door(int maxWaiting, int maxPerRequester, boolean refuseHopeless) {
    around.admitting(new AdmissionSettings(maxWaiting, maxPerRequester, refuseHopeless));
    return new Doorkeeper(around.around());
  }

  private Order order(Address by, Instant deadline) {
    Order sample = SampleRequests.order();
    ArtifactId stdin = new ArtifactId(UUID.randomUUID());
    Order.Terms terms = SampleRequests.with(sample, "" + stdin, stdin, deadline).terms();
    return new Order(by, terms, sample.programUri(), sample.program());
  }

  /** Rows of requests, as acceptance leaves them. */
  private RequestId registered(Address by, Instant deadline) {
    RequestId id = kit.randomId();
    get(index.register(id, order(by, deadline), Instant.now()));
    return id;
  }

  private void proofsTook(Duration... times) {
    for (Duration time : times) {
      around.durations.proving().record(SampleRequests.order().terms(), time);
    }
  }

  private void devices(int count) {
    Order.Terms terms = SampleRequests.order().terms();
    around.queue.heard(
        List.of(
            new DeviceGroup(
                Set.of(terms.version()), Set.of(ProofMode.values()), Optional.empty(), count)));
  }

  private void admit(Doorkeeper door, Instant until) {
    get(door.admit(requester, order(requester, until).terms()));
  }

  private ThrowableAssertAlternative<Refusal> assertRefused(Doorkeeper door, Instant until) {
    return assertThatExceptionOfType(Refusal.class)
        .isThrownBy(
            () -> {
              try {
                admit(door, until);
              } catch (CompletionException e) {
                throw e.getCause();
              }
            })
        .satisfies(r -> assertThat(r.reason()).isEqualTo(Refusal.Reason.FAILED_PRECONDITION));
  }

  @Test
  void shouldRefuseARequesterWhoHasTooMany() {
    registered(requester, deadline);
    Doorkeeper door = door(MANY, 2, true);
    admit(door, deadline);
    assertRefused(door, deadline).withMessageStartingWith("2 of your requests wait");
  }

  @Test
  void shouldCountWhatItHasLetInItselfBeforeTheReadSideShowsIt() {
    Doorkeeper door = door(MANY, 3, true);
    for (int i = 0; i < 3; i++) {
      admit(door, deadline);
    }
    assertRefused(door, deadline);
  }

  @Test
  void shouldLetOthersInThoughOneRequesterHasTooMany() {
    registered(randomAddress(), deadline);
    registered(randomAddress(), deadline);
    admit(door(MANY, 1, true), deadline);
  }

  @Test
  void shouldRefuseEverybodyWhenTheClusterHasTooMany() {
    registered(randomAddress(), deadline);
    assertRefused(door(1, MANY, true), deadline).withMessageContaining("no more are taken on");
  }

  @Test
  void shouldCountOnlyWhatIsStillToBeProved() {
    RequestId id = registered(requester, deadline);
    index.update(id, settledState(), Instant.now());
    await("the row says so")
        .atMost(Duration.ofSeconds(10))
        .until(() -> get(index.unsettled(Optional.empty(), 1000)).stream().noneMatch(id::equals));
    admit(door(MANY, 1, true), deadline);
  }

  private State.Known settledState() {
    var facts =
        new State.Facts(
            order(requester, deadline), deadline, deadline, 0, 0, Optional.empty(), true);
    return new State.Expired(facts);
  }

  @Test
  void shouldRefuseWhatCannotMeetItsDeadline() {
    proofsTook(Duration.ofHours(1), Duration.ofHours(2), Duration.ofHours(3));
    devices(1);
    assertRefused(door(MANY, MANY, true), deadline)
        .withMessageContaining("a proof of this program takes 3600 s or more here");
  }

  @Test
  void shouldRefuseNothingByAnUncertainEstimate() {
    proofsTook(Duration.ofHours(1), Duration.ofHours(1));
    devices(1);
    admit(door(MANY, MANY, true), deadline);
  }

  @Test
  void shouldTakeOnWhatIsHopelessWhenToldTo() {
    proofsTook(Duration.ofHours(1), Duration.ofHours(2), Duration.ofHours(3));
    admit(door(MANY, MANY, false), deadline);
  }

  @Test
  void shouldReckonWithTheRequestersOwnQueueAndTheDevicesThereAre() {
    for (int i = 0; i < 4; i++) {
      registered(requester, deadline.minusSeconds(1));
    }
    proofsTook(Duration.ofSeconds(300), Duration.ofSeconds(300), Duration.ofSeconds(300));
    devices(1);
    assertRefused(door(MANY, MANY, true), deadline)
        .withMessageContaining("4 like it of yours are due before it");
    devices(2);
    admit(door(MANY, MANY, true), deadline);
  }

  @Test
  void shouldNotReckonWithRequestsThatAreDueLater() {
    for (int i = 0; i < 4; i++) {
      registered(requester, deadline.plusSeconds(1));
    }
    proofsTook(Duration.ofSeconds(300), Duration.ofSeconds(300), Duration.ofSeconds(300));
    devices(1);
    admit(door(MANY, MANY, true), deadline);
  }
}
