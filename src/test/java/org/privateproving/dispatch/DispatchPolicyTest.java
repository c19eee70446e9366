package org.privateproving.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.privateproving.dispatch.SampleWork.ALICE;
import static org.privateproving.dispatch.SampleWork.BOB;
import static org.privateproving.dispatch.SampleWork.NOW;
import static org.privateproving.dispatch.SampleWork.PROGRAM;
import static org.privateproving.dispatch.SampleWork.device;
import static org.privateproving.dispatch.SampleWork.waiting;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.privateproving.domain.CircuitVersion;
import org.privateproving.sp1.ProofMode;

class DispatchPolicyTest {
  private static List<String> match(
      List<WaitingRequest> waiting, List<org.privateproving.fulfiller.DeviceOffer> free) {
    return DispatchPolicy.match(waiting, free, Map.of()).stream()
        .map(m -> m.request().id().hex().substring(62) + "→" + m.device().fulfiller())
        .toList();
  }

  @Test
  void shouldServeTheEarliestDeadlineFirst() {
    var later = waiting(1, ALICE, NOW.plusSeconds(200));
    var sooner = waiting(2, ALICE, NOW.plusSeconds(100));
    assertThat(match(List.of(later, sooner), List.of(device("a")))).containsExactly("02→a");
  }

  @Test
  void shouldLetARequesterWithNothingAtWorkGoBeforeOneWithADevice() {
    var busy = waiting(1, ALICE, NOW.plusSeconds(10));
    var patient = waiting(2, BOB, NOW.plusSeconds(1000));
    var matches =
        DispatchPolicy.match(List.of(busy, patient), List.of(device("a")), Map.of(ALICE, 1));
    assertThat(matches).extracting(m -> m.request().requester()).containsExactly(BOB);
  }

  @Test
  void shouldShareDevicesBetweenRequestersHoweverManyRequestsOneHas() {
    List<WaitingRequest> many =
        IntStream.range(0, 50)
            .mapToObj(i -> waiting(i, ALICE, NOW.plusSeconds(i)))
            .collect(java.util.stream.Collectors.toList());
    many.add(waiting(99, BOB, NOW.plusSeconds(100_000)));
    var matches = DispatchPolicy.match(many, List.of(device("a"), device("b")), Map.of());
    assertThat(matches).extracting(m -> m.request().requester()).containsExactly(ALICE, BOB);
  }

  @Test
  void shouldPreferTheDeviceThatHasTheKeyWarm() {
    var cold = device("a");
    var warm = device("b", Set.of(PROGRAM), Set.of(ProofMode.values()), "sp1-v6.1.0");
    assertThat(match(List.of(waiting(1, ALICE, NOW)), List.of(cold, warm))).containsExactly("01→b");
  }

  @Test
  void shouldTakeAColdDeviceRatherThanWait() {
    assertThat(match(List.of(waiting(1, ALICE, NOW)), List.of(device("a"))))
        .containsExactly("01→a");
  }

  @Test
  void shouldPassOverDevicesThatCannotProveTheVersionOrTheMode() {
    var otherVersion = device("a", Set.of(), Set.of(ProofMode.values()), "sp1-v5.0.0");
    var otherMode = device("b", Set.of(), Set.of(ProofMode.GROTH16), "sp1-v6.1.0");
    assertThat(match(List.of(waiting(1, ALICE, NOW)), List.of(otherVersion, otherMode))).isEmpty();
  }

  @Test
  void shouldNotLetARequestThatNobodyCanProveBlockTheOthers() {
    var impossible =
        new WaitingRequest(
            SampleWork.id(1),
            BOB,
            PROGRAM,
            new CircuitVersion("sp1-v5.0.0"),
            ProofMode.CORE,
            NOW,
            NOW);
    var possible = waiting(2, ALICE, NOW.plusSeconds(1000));
    assertThat(match(List.of(impossible, possible), List.of(device("a")))).containsExactly("02→a");
  }

  @Test
  void shouldGiveEachDeviceAndEachRequestAtMostOnce() {
    List<WaitingRequest> requests =
        IntStream.range(0, 5).mapToObj(i -> waiting(i, ALICE, NOW.plusSeconds(i))).toList();
    var devices = List.of(device("a"), device("b"), device("c"));
    var matches = DispatchPolicy.match(requests, devices, Map.of());
    assertThat(matches).hasSize(3);
    assertThat(matches).extracting(m -> m.request().id()).doesNotHaveDuplicates();
    assertThat(matches).extracting(m -> m.device().fulfiller()).doesNotHaveDuplicates();
  }
}
