package org.privateproving.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.privateproving.dispatch.SampleWork.ALICE;
import static org.privateproving.dispatch.SampleWork.BOB;
import static org.privateproving.dispatch.SampleWork.NOW;
import static org.privateproving.dispatch.SampleWork.PROGRAM;
import static org.privateproving.dispatch.SampleWork.V6;
import static org.privateproving.dispatch.SampleWork.device;
import static org.privateproving.dispatch.SampleWork.program;
import static org.privateproving.dispatch.SampleWork.requester;
import static org.privateproving.dispatch.SampleWork.waiting;
import static org.privateproving.dispatch.SampleWork.warmDevice;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.privateproving.domain.Address;
import org.privateproving.domain.CircuitVersion;
import org.privateproving.domain.VkHash;
import org.privateproving.fulfiller.DeviceOffer;
import org.privateproving.sp1.ProofMode;

class DispatchPolicyTest {
  private static final VkHash OTHER = program(77);
  private static final Instant FAR = NOW.plusSeconds(100_000);

  private final WaitingQueue queue = new WaitingQueue();

  private void add(WaitingRequest... requests) {
    for (WaitingRequest request : requests) {
      queue.add(new Waiter(request, NOW));
    }
  }

  /** What happens when these devices are free and stay busy from then on. */
  private List<String> match(DeviceOffer... free) {
    List<DeviceOffer> left = new ArrayList<>(List.of(free));
    List<String> matches = new ArrayList<>();
    for (var match = DispatchPolicy.next(queue, left, NOW);
        match.isPresent();
        match = DispatchPolicy.next(queue, left, NOW)) {
      Waiter waiter = match.get().waiter();
      queue.begin(waiter, NOW);
      left.remove(match.get().device());
      matches.add(number(waiter) + "→" + match.get().device().fulfiller());
    }
    return matches;
  }

  /** One proof after another on a single device. */
  private List<Integer> prove(int proofs, DeviceOffer device) {
    List<Integer> proved = new ArrayList<>();
    for (int i = 0; i < proofs; i++) {
      Waiter waiter = DispatchPolicy.next(queue, List.of(device), NOW).orElseThrow().waiter();
      queue.begin(waiter, NOW);
      proved.add(number(waiter));
      queue.end(waiter.request().requester());
    }
    return proved;
  }

  private static int number(Waiter waiter) {
    return Integer.parseInt(waiter.request().id().hex().substring(56), 16);
  }

  @Test
  void shouldServeTheEarliestDeadlineFirst() {
    add(waiting(1, ALICE, NOW.plusSeconds(200)), waiting(2, ALICE, NOW.plusSeconds(100)));
    assertThat(match(device("a"))).containsExactly("2→a");
  }

  @Test
  void shouldServeTheEarliestDeadlineFirstAmongRequestersWhoseTurnItIs() {
    add(waiting(1, ALICE, NOW.plusSeconds(200)), waiting(2, BOB, NOW.plusSeconds(100)));
    assertThat(match(device("a"))).containsExactly("2→a");
  }

  @Test
  void shouldLetARequesterWithNothingAtWorkGoBeforeOneWithADevice() {
    add(waiting(1, ALICE, NOW.plusSeconds(5)));
    match(device("a"));
    add(waiting(2, ALICE, NOW.plusSeconds(10)), waiting(3, BOB, NOW.plusSeconds(1000)));
    assertThat(match(device("b"))).containsExactly("3→b");
  }

  @Test
  void shouldShareDevicesBetweenRequestersHoweverManyRequestsOneHas() {
    IntStream.range(0, 50).forEach(i -> add(waiting(i, ALICE, NOW.plusSeconds(i))));
    add(waiting(99, BOB, FAR));
    assertThat(match(device("a"), device("b"))).containsExactly("0→a", "99→b");
  }

  @Test
  void shouldBeginASingleRequestNextThoughThousandsOfAnothersAreDueEarlier() {
    IntStream.range(0, 10_000).forEach(i -> add(waiting(i, ALICE, NOW.plusSeconds(i))));
    prove(7, device("a"));
    add(waiting(20_000, BOB, FAR));
    assertThat(prove(2, device("a"))).containsExactly(20_000, 7);
  }

  /** It has had its turn of this round; what is left of the round comes first, and one more. */
  @Test
  void shouldBeginAtMostTwoOfAnothersBeforeTheNextOfOneWhoWasServedJustNow() {
    IntStream.range(0, 10_000).forEach(i -> add(waiting(i, ALICE, NOW.plusSeconds(i))));
    for (int n = 20_000; n < 20_100; n++) {
      prove(n % 3, device("a"));
      add(waiting(n, BOB, FAR));
      int before = 0;
      while (prove(1, device("a")).getFirst() != n) {
        before++;
      }
      assertThat(before).isLessThanOrEqualTo(2);
    }
  }

  @Test
  void shouldServeRequestersInTurnsOnASingleDevice() {
    for (int i = 0; i < 4; i++) {
      add(
          waiting(10 + i, requester(1), NOW.plusSeconds(i)),
          waiting(20 + i, requester(2), NOW.plusSeconds(100 + i)),
          waiting(30 + i, requester(3), NOW.plusSeconds(200 + i)));
    }
    assertThat(prove(12, device("a")))
        .containsExactly(10, 20, 30, 11, 21, 31, 12, 22, 32, 13, 23, 33);
  }

  @Test
  void shouldNotLetARequesterSaveUpTurnsWhileItIsAway() {
    IntStream.range(0, 20).forEach(i -> add(waiting(i, ALICE, FAR)));
    prove(10, device("a"));
    IntStream.range(100, 110).forEach(i -> add(waiting(i, BOB, FAR.plusSeconds(1))));
    assertThat(prove(5, device("a"))).containsExactly(100, 10, 101, 11, 102);
  }

  @Test
  void shouldPreferTheDeviceThatHasTheKeyWarm() {
    add(waiting(1, ALICE, NOW));
    assertThat(match(device("a"), warmDevice("b", PROGRAM))).containsExactly("1→b");
  }

  @Test
  void shouldTakeAColdDeviceRatherThanWait() {
    add(waiting(1, ALICE, NOW));
    assertThat(match(device("a"))).containsExactly("1→a");
  }

  @Test
  void shouldSpareTheKeysOfOthersWhenEveryDeviceIsCold() {
    add(waiting(1, ALICE, NOW));
    assertThat(match(warmDevice("a", OTHER), device("b"))).containsExactly("1→b");
  }

  @Test
  void shouldLetAWarmRequestOfTheSameRequesterGoFirst() {
    add(waiting(1, ALICE, OTHER, FAR), waiting(2, ALICE, PROGRAM, FAR.plusSeconds(1)));
    assertThat(match(warmDevice("a", PROGRAM))).containsExactly("2→a");
  }

  @Test
  void shouldLetWarmRequestsGoFirstOnlySoOften() {
    add(waiting(1, ALICE, OTHER, FAR));
    IntStream.range(2, 20).forEach(i -> add(waiting(i, ALICE, PROGRAM, FAR.plusSeconds(i))));
    List<Integer> proved = prove(10, warmDevice("a", PROGRAM));
    assertThat(proved.indexOf(1)).isEqualTo(Waiter.MAX_PASSES);
  }

  @Test
  void shouldNeverLetAWarmRequestGoBeforeOneWhoseDeadlineIsNear() {
    Instant near = NOW.plus(Waiter.SLACK);
    add(waiting(1, ALICE, OTHER, near), waiting(2, ALICE, PROGRAM, near.plusSeconds(1)));
    assertThat(match(warmDevice("a", PROGRAM))).containsExactly("1→a");
  }

  @Test
  void shouldNotTakeAnothersTurnForTheSakeOfAWarmKey() {
    add(waiting(1, ALICE, OTHER, FAR), waiting(2, BOB, PROGRAM, FAR.plusSeconds(1)));
    assertThat(match(warmDevice("a", PROGRAM))).containsExactly("1→a");
  }

  @Test
  void shouldPassOverDevicesThatCannotProveTheVersionOrTheMode() {
    var otherVersion = device("a", Set.of(), Set.of(ProofMode.values()), "sp1-v5.0.0");
    var otherMode = device("b", Set.of(), Set.of(ProofMode.GROTH16), V6);
    add(waiting(1, ALICE, NOW));
    assertThat(match(otherVersion, otherMode)).isEmpty();
  }

  @Test
  void shouldPassOverDevicesWithTooLittleMemoryAndAssumeNothingOfThoseThatDoNotSay() {
    add(needing(1, 24L << 30));
    assertThat(match(device("small", Optional.of(16L << 30)))).isEmpty();
    assertThat(match(device("large", Optional.of(24L << 30)))).containsExactly("1→large");
    add(needing(2, 24L << 30));
    assertThat(match(device("silent"))).containsExactly("2→silent");
    add(waiting(3, ALICE, NOW));
    assertThat(match(device("small", Optional.of(1L)))).containsExactly("3→small");
  }

  @Test
  void shouldNotLetARequestThatNobodyCanProveBlockTheOthers() {
    add(impossible(1, BOB), waiting(2, ALICE, FAR));
    assertThat(match(device("a"))).containsExactly("2→a");
  }

  @Test
  void shouldNotLetARequestThatNobodyCanProveBlockOthersOfItsRequester() {
    add(impossible(1, BOB), waiting(2, BOB, FAR));
    assertThat(match(device("a"))).containsExactly("2→a");
  }

  @Test
  void shouldGiveEachDeviceAndEachRequestAtMostOnce() {
    IntStream.range(0, 5).forEach(i -> add(waiting(i, ALICE, NOW.plusSeconds(i))));
    assertThat(match(device("a"), device("b"), device("c"))).containsExactly("0→a", "1→b", "2→c");
  }

  private static WaitingRequest needing(int n, long memory) {
    return new WaitingRequest(
        SampleWork.id(n),
        BOB,
        PROGRAM,
        new CircuitVersion(V6),
        ProofMode.CORE,
        NOW,
        NOW,
        Optional.of(memory));
  }

  private static WaitingRequest impossible(int n, Address requester) {
    return new WaitingRequest(
        SampleWork.id(n),
        requester,
        PROGRAM,
        new CircuitVersion("sp1-v5.0.0"),
        ProofMode.CORE,
        NOW,
        NOW,
        Optional.empty());
  }
}
