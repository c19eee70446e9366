package org.privateproving.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.privateproving.request.SampleRequests.DEADLINE;
import static org.privateproving.request.SampleRequests.NOW;
import static org.privateproving.request.SampleRequests.PROOF;
import static org.privateproving.request.SampleRequests.V5;
import static org.privateproving.request.SampleRequests.V6;
import static org.privateproving.request.SampleRequests.executedFacts;
import static org.privateproving.request.SampleRequests.facts;
import static org.privateproving.request.SampleRequests.order;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.privateproving.domain.FailureCause;
import org.privateproving.domain.Schema;
import org.privateproving.wire.network.ExecuteFailureCause;
import org.privateproving.wire.network.ExecutionStatus;
import org.privateproving.wire.network.FulfillmentStatus;
import org.privateproving.wire.network.ProofRequestError;

/**
 * The table of what clients see, checked twice: the wire values, and what each SDK makes of them by
 * its own order of checks, which is written down here once more.
 */
class PublicFaceTest {
  private static final Instant LATE = DEADLINE.plusSeconds(5);

  enum Sdk {
    V5_2_4,
    V6
  }

  enum Seen {
    GOES_ON,
    PROOF,
    UNEXECUTABLE,
    UNFULFILLABLE,
    EXPIRED,
    TIMED_OUT,
    PROTOCOL_ERROR
  }

  record Case(String name, Sdk sdk, Schema schema, Instant now, State.Known state, Seen seen) {
    @Override
    public String toString() {
      return name + ", " + sdk + ", " + schema;
    }
  }

  static Stream<Case> cases() {
    List<Case> cases = new ArrayList<>();
    for (Sdk sdk : Sdk.values()) {
      for (Schema schema : Schema.values()) {
        Order order = order(schema, sdk == Sdk.V6 ? V6 : V5);
        var facts = facts(order);
        var executed = executedFacts(order);
        var lease = new State.Lease(1, "gpu-0", NOW, NOW.plusSeconds(15));
        Add add =
            (name, now, state, seen) -> cases.add(new Case(name, sdk, schema, now, state, seen));
        add.row("queued", NOW, new State.Queued(facts), Seen.GOES_ON);
        add.row("leased", NOW, new State.Leased(facts, lease), Seen.GOES_ON);
        add.row("executed", NOW, new State.Leased(executed, lease), Seen.GOES_ON);
        add.row("proved", NOW, new State.Proved(executed, PROOF), Seen.GOES_ON);
        add.row("proved, late", LATE, new State.Proved(executed, PROOF), Seen.GOES_ON);
        add.row(
            "fulfilled",
            NOW,
            new State.Fulfilled(executed, Optional.of(PROOF), SampleRequests.DIGEST),
            Seen.PROOF);
        add.row(
            "fulfilled, fetched late",
            LATE,
            new State.Fulfilled(executed, Optional.of(PROOF), SampleRequests.DIGEST),
            Seen.PROOF);
        for (Instant now : List.of(NOW, LATE)) {
          for (FailureCause cause : FailureCause.values()) {
            add.row(
                "failed: " + cause + (now == LATE ? ", asked late" : ""),
                now,
                new State.Failed(facts, cause, "x", false),
                cause.kind() == FailureCause.Kind.UNEXECUTABLE
                    ? Seen.UNEXECUTABLE
                    : Seen.UNFULFILLABLE);
          }
        }
        add.row(
            "expired",
            LATE,
            new State.Expired(facts),
            sdk == Sdk.V6 ? Seen.EXPIRED : Seen.TIMED_OUT);
      }
    }
    return cases.stream();
  }

  private interface Add {
    void row(String name, Instant now, State.Known state, Seen seen);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void shouldLookToEverySdkLikeWhatItIs(Case row) {
    var face = PublicFace.of(row.state(), row.now());
    assertThat(seenBy(row.sdk(), face, row.now())).isEqualTo(row.seen());
  }

  /** As {@code process_proof_status} of each release goes about it. */
  private static Seen seenBy(Sdk sdk, PublicFace.Face face, Instant now) {
    int fulfillment = face.fulfillment().getNumber();
    boolean late = now.getEpochSecond() > face.deadline().getEpochSecond();
    boolean unexecutable = face.execution() == ExecutionStatus.UNEXECUTABLE;
    if (sdk == Sdk.V5_2_4) {
      if (fulfillment > 4) {
        return Seen.PROTOCOL_ERROR;
      }
      if (late) {
        return Seen.TIMED_OUT;
      }
      if (unexecutable) {
        return Seen.UNEXECUTABLE;
      }
      return switch (fulfillment) {
        case 3 -> Seen.PROOF;
        case 4 -> Seen.UNFULFILLABLE;
        default -> Seen.GOES_ON;
      };
    }
    if (fulfillment == 3) {
      return Seen.PROOF;
    }
    if (unexecutable) {
      return Seen.UNEXECUTABLE;
    }
    return switch (fulfillment) {
      case 4 -> Seen.UNFULFILLABLE;
      case 6 -> Seen.EXPIRED;
      default -> late ? Seen.TIMED_OUT : Seen.GOES_ON;
    };
  }

  @Test
  void shouldNeverBeRequestedToAMainnetClientWhoWouldCancelAfterHalfAMinute() {
    var queued = new State.Queued(facts(order(Schema.AUCTION, V6)));
    assertThat(PublicFace.of(queued, NOW).fulfillment()).isEqualTo(FulfillmentStatus.ASSIGNED);
    var base = new State.Queued(facts(order(Schema.BASE, V6)));
    assertThat(PublicFace.of(base, NOW).fulfillment()).isEqualTo(FulfillmentStatus.REQUESTED);
  }

  @Test
  void shouldSayThatItRanOnceItHas() {
    var lease = new State.Lease(1, "gpu-0", NOW, NOW);
    assertThat(PublicFace.of(new State.Leased(facts(order()), lease), NOW).execution())
        .isEqualTo(ExecutionStatus.UNEXECUTED);
    assertThat(PublicFace.of(new State.Leased(executedFacts(order()), lease), NOW).execution())
        .isEqualTo(ExecutionStatus.EXECUTED);
  }

  @Test
  void shouldKeepTheRequestersDeadlineAsLongAsItMatters() {
    assertThat(PublicFace.of(SampleRequests.queued(), NOW).deadline()).isEqualTo(DEADLINE);
    assertThat(PublicFace.of(SampleRequests.fulfilled(), LATE).deadline())
        .isAfter(LATE.plus(Duration.ofHours(1)));
  }

  @ParameterizedTest
  @EnumSource(FailureCause.class)
  void shouldNameTheCauseInTheWordsOfTheWire(FailureCause cause) {
    var face = PublicFace.of(SampleRequests.failed(cause), NOW);
    boolean hasWireName =
        Stream.of(ExecuteFailureCause.values()).anyMatch(c -> c.name().equals(cause.name()));
    assertThat(face.executeFailureCause().name())
        .isEqualTo(hasWireName ? cause.name() : "UNSPECIFIED_EXECUTION_FAILURE_CAUSE");
    if (cause.kind() == FailureCause.Kind.UNEXECUTABLE) {
      assertThat(face.error()).isEqualTo(ProofRequestError.EXECUTION_FAILURE);
    }
    assertThat(face.canceled()).isEqualTo(cause == FailureCause.CANCELED);
  }
}
