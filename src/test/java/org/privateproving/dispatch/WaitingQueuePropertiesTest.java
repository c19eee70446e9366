package org.privateproving.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.privateproving.dispatch.SampleWork.NOW;
import static org.privateproving.dispatch.SampleWork.program;
import static org.privateproving.dispatch.SampleWork.requester;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.privateproving.domain.Address;
import org.privateproving.domain.CircuitVersion;
import org.privateproving.domain.VkHash;
import org.privateproving.fulfiller.DeviceOffer;
import org.privateproving.sp1.ProofMode;

/**
 * The indexed queue decides as a list does that is looked through from end to end, whatever happens
 * in whatever order.
 */
class WaitingQueuePropertiesTest {
  private static final List<ProofMode> MODES = List.of(ProofMode.CORE, ProofMode.GROTH16);

  sealed interface Step {
    record Waits(int requester, int program, ProofMode mode, int deadline) implements Step {}

    record Leaves(int which) implements Step {}

    record DeviceFree(Set<Integer> warm, Set<ProofMode> modes) implements Step {}

    record DeviceDone(int which) implements Step {}
  }

  @Provide
  Arbitrary<List<Step>> steps() {
    Arbitrary<Integer> few = Arbitraries.integers().between(0, 3);
    Arbitrary<Integer> any = Arbitraries.integers().between(0, 1000);
    Arbitrary<Step> waits =
        Combinators.combine(
                few, few, Arbitraries.of(MODES), Arbitraries.integers().between(0, 2000))
            .as(Step.Waits::new);
    Arbitrary<Step> free =
        Combinators.combine(
                few.set().ofMaxSize(2), Arbitraries.of(MODES).set().ofMinSize(1).ofMaxSize(2))
            .as(Step.DeviceFree::new);
    return Arbitraries.frequencyOf(
            Tuple.of(5, waits),
            Tuple.of(1, any.map(Step.Leaves::new)),
            Tuple.of(4, free),
            Tuple.of(3, any.map(Step.DeviceDone::new)))
        .list()
        .ofMaxSize(60);
  }

  @Property(tries = 2000)
  void decidesAsALookThroughAllOfThemWould(@ForAll("steps") List<Step> steps) {
    WaitingQueue queue = new WaitingQueue();
    Model model = new Model();
    int n = 0;
    for (Step step : steps) {
      switch (step) {
        case Step.Waits waits -> {
          Waiter waiter = new Waiter(request(n++, waits), NOW);
          queue.add(waiter);
          model.add(waiter);
        }
        case Step.Leaves(int which) when !model.waiting.isEmpty() -> {
          Waiter waiter = model.waiting.remove(which % model.waiting.size());
          queue.remove(waiter);
        }
        case Step.DeviceFree free -> {
          DeviceOffer device = device(n++, free);
          Optional<Waiter> chosen =
              DispatchPolicy.next(queue, List.of(device), NOW).map(match -> match.waiter());
          assertThat(chosen.map(Waiter::request)).isEqualTo(model.choose(device));
          chosen.ifPresent(
              waiter -> {
                model.begin(waiter);
                queue.begin(waiter, NOW);
              });
        }
        case Step.DeviceDone(int which) when !model.atWork.isEmpty() -> {
          Address requester = model.atWork.remove(which % model.atWork.size());
          queue.end(requester);
        }
        case Step.Leaves _, Step.DeviceDone _ -> {}
      }
      assertThat(queue.size()).isEqualTo(model.waiting.size());
    }
  }

  private static WaitingRequest request(int n, Step.Waits waits) {
    return new WaitingRequest(
        SampleWork.id(n),
        requester(waits.requester()),
        program(waits.program()),
        new CircuitVersion(SampleWork.V6),
        waits.mode(),
        NOW,
        NOW.plusSeconds(waits.deadline()),
        Optional.empty());
  }

  private static DeviceOffer device(int n, Step.DeviceFree free) {
    Set<VkHash> warm = new HashSet<>();
    free.warm().forEach(p -> warm.add(program(p)));
    return SampleWork.device("d" + n, warm, free.modes(), SampleWork.V6);
  }

  /** The policy, word for word, without an index. */
  private static final class Model {
    final List<Waiter> waiting = new ArrayList<>();
    // Whom each busy device works for.
    final List<Address> atWork = new ArrayList<>();
    private final Map<Address, Long> turns = new HashMap<>();
    private final Map<Waiter, Integer> passes = new HashMap<>();
    private long served;

    void add(Waiter waiter) {
      Address requester = waiter.request().requester();
      if (of(requester).isEmpty()) {
        turns.merge(requester, served, Math::max);
      }
      waiting.add(waiter);
    }

    Optional<WaitingRequest> choose(DeviceOffer device) {
      Optional<Waiter> first =
          waiting.stream()
              .filter(w -> device.modes().contains(w.request().mode()))
              .min(
                  Comparator.<Waiter, Long>comparing(
                          w -> atWork.stream().filter(w.request().requester()::equals).count())
                      .thenComparing(w -> turns.get(w.request().requester()))
                      .thenComparing(Waiter.BY_DEADLINE));
      return first.map(w -> warm(w, device).orElse(w).request());
    }

    private Optional<Waiter> warm(Waiter first, DeviceOffer device) {
      Instant near = NOW.plus(Waiter.SLACK);
      if (passes.getOrDefault(first, 0) == Waiter.MAX_PASSES
          || !first.request().deadline().isAfter(near)) {
        return Optional.empty();
      }
      return lane(first)
          .filter(w -> device.warm().contains(w.request().vkHash()))
          .min(Waiter.BY_DEADLINE);
    }

    private Stream<Waiter> lane(Waiter of) {
      return of(of.request().requester()).stream()
          .filter(w -> w.request().mode() == of.request().mode());
    }

    private List<Waiter> of(Address requester) {
      return waiting.stream().filter(w -> w.request().requester().equals(requester)).toList();
    }

    void begin(Waiter waiter) {
      Waiter first = lane(waiter).min(Waiter.BY_DEADLINE).orElseThrow();
      if (first != waiter) {
        passes.merge(first, 1, Integer::sum);
      }
      Address requester = waiter.request().requester();
      long turn = Objects.requireNonNull(turns.get(requester));
      served = Math.max(served, turn);
      turns.put(requester, Math.max(turn + 1, served));
      waiting.remove(waiter);
      atWork.add(requester);
    }
  }
}
