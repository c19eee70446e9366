package org.privateproving.network.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.privateproving.network.upstream.NetworkKit.get;
import static org.privateproving.network.upstream.ScriptedNetwork.refusal;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.privateproving.database.Database;
import org.privateproving.database.TestPostgres;
import org.privateproving.domain.Address;
import org.privateproving.domain.RequestId;
import org.privateproving.network.NetworkRequest;
import org.privateproving.network.OwnRequests;
import org.privateproving.network.OwnRequests.Closure;
import org.privateproving.network.ProverNetwork.ReportOutcome;
import org.privateproving.network.upstream.Reconciliation.Findings;
import org.privateproving.wire.network.ExecutionStatus;
import org.privateproving.wire.network.FulfillmentStatus;
import org.privateproving.wire.network.GetFilteredProofRequestsRequest;
import org.privateproving.wire.network.GetFilteredProofRequestsResponse;
import org.privateproving.wire.network.GetProofRequestStatusRequest;
import org.privateproving.wire.network.GetProofRequestStatusResponse;
import org.privateproving.wire.network.ProofRequest;

class ReconciliationTest {
  private static final Address ALICE = new Address("0a".repeat(20));
  private static final Address OURS = NetworkKit.SIGNER.address();
  private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
  private static final Duration GRACE = Duration.ofMinutes(2);
  private static final Instant YOUNG = NOW.minus(GRACE).plusSeconds(1);
  private static final Instant OLD = NOW.minus(GRACE);
  private static final int PAGE = 100;

  private static Database database;

  private final Own own = new Own();
  private final List<RequestId> failed = new ArrayList<>();
  private final String prefix = UUID.randomUUID().toString().replace("-", "");
  private Function<RequestId, CompletionStage<ReportOutcome>> inputsLost =
      id -> {
        failed.add(id);
        return CompletableFuture.completedStage(new ReportOutcome.Taken(new byte[32]));
      };
  private NetworkKit kit;

  /** What this cluster knows, as its test says. */
  private static final class Own implements OwnRequests {
    final Set<RequestId> known = ConcurrentHashMap.newKeySet();
    final Set<RequestId> adoptable = ConcurrentHashMap.newKeySet();
    final Set<RequestId> failing = ConcurrentHashMap.newKeySet();
    final Set<RequestId> adopted = ConcurrentHashMap.newKeySet();
    final List<RequestId> unproved = new ArrayList<>();
    final Map<RequestId, Closure> closed = new ConcurrentHashMap<>();

    @Override
    public CompletionStage<Boolean> isKnown(RequestId id) {
      return failing.contains(id)
          ? CompletableFuture.failedStage(new IllegalStateException("its shard is on the move"))
          : CompletableFuture.completedStage(known.contains(id));
    }

    @Override
    public CompletionStage<Boolean> adopt(NetworkRequest request) {
      if (!adoptable.contains(request.id())) {
        return CompletableFuture.completedStage(false);
      }
      adopted.add(request.id());
      return CompletableFuture.completedStage(true);
    }

    @Override
    public CompletionStage<List<RequestId>> unproved(Optional<RequestId> after, int limit) {
      return CompletableFuture.completedStage(
          unproved.stream()
              .filter(id -> after.isEmpty() || id.hex().compareTo(after.get().hex()) > 0)
              .limit(limit)
              .toList());
    }

    @Override
    public void closed(RequestId id, Closure closure) {
      closed.put(id, closure);
    }
  }

  @BeforeAll
  static void open() {
    database = Database.open(TestPostgres.freshDatabase());
  }

  @AfterAll
  static void close() {
    database.close();
  }

  @BeforeEach
  void start() throws Exception {
    kit = new NetworkKit();
    lists(List.of());
  }

  @AfterEach
  void stop() {
    kit.close();
  }

  private Findings run() throws Exception {
    return get(reconciliation(Optional.of(OURS)).run());
  }

  private Reconciliation reconciliation(Optional<Address> fulfiller) {
    Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);
    var identity = new FulfillerIdentity(kit.client, NetworkKit.SIGNER, fulfiller);
    var admissions =
        new Admissions(
            database, kit.client, identity, Duration.ofSeconds(1), NetworkKit.CALL_TIMEOUT, clock);
    var terms = new Orphans.Terms(GRACE, true, Optional.empty());
    var orphans = new Orphans(own, admissions, id -> inputsLost.apply(id), terms, clock);
    return new Reconciliation(kit.client, identity, orphans, own, clock, kit.materializer);
  }

  private RequestId id(int n) {
    return new RequestId(prefix + "%032x".formatted(n));
  }

  private List<RequestId> ids(int first, int last) {
    return IntStream.rangeClosed(first, last).mapToObj(this::id).toList();
  }

  // The network.

  private static ProofRequest assigned(RequestId id, Instant createdAt) {
    return ProofRequest.newBuilder()
        .setRequestId(ByteString.copyFrom(id.bytes()))
        .setRequester(ByteString.copyFrom(ALICE.bytes()))
        .setVkHash(ByteString.copyFrom(new byte[32]))
        .setStdinUri("http://here/artifacts/" + id.hex())
        .setProgramUri("https://programs/1")
        .setFulfillmentStatus(FulfillmentStatus.ASSIGNED)
        .setExecutionStatus(ExecutionStatus.UNEXECUTED)
        .setCreatedAt(createdAt.getEpochSecond())
        .build();
  }

  /** The network has these assigned to us, page by page. */
  private void lists(List<ProofRequest> all) {
    kit.network.on(
        "GetFilteredProofRequests",
        message -> {
          int page = GetFilteredProofRequestsRequest.parseFrom(message).getPage();
          var response = GetFilteredProofRequestsResponse.newBuilder();
          all.stream()
              .skip((page - 1) * (long) PAGE)
              .limit(PAGE)
              .forEach(request -> response.addRequests(request.toByteString()));
          return response.build().toByteArray();
        });
  }

  private void stands(Map<RequestId, GetProofRequestStatusResponse> statuses) {
    kit.network.on(
        "GetProofRequestStatus",
        message -> {
          RequestId asked =
              RequestId.of(
                  GetProofRequestStatusRequest.parseFrom(message).getRequestId().toByteArray());
          GetProofRequestStatusResponse status = statuses.get(asked);
          if (status == null) {
            throw refusal(Status.Code.UNAVAILABLE, "does not say");
          }
          return status.toByteArray();
        });
  }

  private static GetProofRequestStatusResponse status(
      FulfillmentStatus fulfillment, ExecutionStatus execution) {
    var status = GetProofRequestStatusResponse.newBuilder().setExecutionStatus(execution);
    return fulfillment == FulfillmentStatus.UNRECOGNIZED
        ? status.setFulfillmentStatusValue(99).build()
        : status.setFulfillmentStatus(fulfillment).build();
  }

  private int asked(String method) {
    return kit.network.received(method).size();
  }

  // What only the network knows.

  @Test
  void whatIsKnownIsLeftAlone() throws Exception {
    own.known.add(id(1));
    own.unproved.add(id(1));
    lists(List.of(assigned(id(1), OLD)));

    assertThat(run()).isEqualTo(new Findings(1, 0, 0, 0, 0));

    assertThat(own.adopted).isEmpty();
    assertThat(failed).isEmpty();
    assertThat(asked("GetProofRequestStatus")).isZero();
  }

  @Test
  void whatCanBeTakenOnIsAdopted() throws Exception {
    own.adoptable.add(id(1));
    lists(List.of(assigned(id(1), OLD)));

    assertThat(run()).isEqualTo(new Findings(1, 1, 0, 0, 0));

    assertThat(own.adopted).containsExactly(id(1));
    assertThat(failed).isEmpty();
  }

  @Test
  void whatCannotIsLeftWhileItMayBeOnItsWayAndThenFailed() throws Exception {
    lists(List.of(assigned(id(1), YOUNG), assigned(id(2), OLD)));

    assertThat(run()).isEqualTo(new Findings(2, 0, 1, 0, 0));

    assertThat(failed).containsExactly(id(2));
  }

  @Test
  void aFailureThatTheNetworkDidNotTakeIsForTheNextRound() throws Exception {
    inputsLost =
        _ -> CompletableFuture.completedStage(new ReportOutcome.Rejected("it does not like it"));
    lists(List.of(assigned(id(1), OLD)));

    assertThat(run()).isEqualTo(new Findings(1, 0, 0, 0, 0));
  }

  @Test
  void whatCannotBeExecutedStaysAssignedAndIsNotTakenOn() throws Exception {
    own.adoptable.add(id(1));
    lists(
        List.of(
            assigned(id(1), OLD).toBuilder()
                .setExecutionStatus(ExecutionStatus.UNEXECUTABLE)
                .build()));

    assertThat(run()).isEqualTo(new Findings(0, 0, 0, 0, 0));

    assertThat(own.adopted).isEmpty();
    assertThat(failed).isEmpty();
  }

  @Test
  void andIsClosedHereThoughItIsStillAssigned() throws Exception {
    own.known.add(id(1));
    own.unproved.add(id(1));
    lists(
        List.of(
            assigned(id(1), OLD).toBuilder()
                .setExecutionStatus(ExecutionStatus.UNEXECUTABLE)
                .build()));
    stands(Map.of(id(1), status(FulfillmentStatus.ASSIGNED, ExecutionStatus.UNEXECUTABLE)));

    assertThat(run()).isEqualTo(new Findings(0, 0, 0, 0, 1));

    assertThat(own.closed).containsExactly(Map.entry(id(1), Closure.UNEXECUTABLE));
  }

  @ParameterizedTest(name = "{0} assigned")
  @CsvSource({"0, 1", "99, 1", "100, 2", "101, 2", "250, 3"})
  void everyPageIsReadToTheLast(int count, int pages) throws Exception {
    own.adoptable.addAll(ids(1, count));
    lists(ids(1, count).stream().map(id -> assigned(id, OLD)).toList());

    assertThat(run()).isEqualTo(new Findings(count, count, 0, 0, 0));

    assertThat(own.adopted).containsExactlyInAnyOrderElementsOf(ids(1, count));
    assertThat(asked("GetFilteredProofRequests")).isEqualTo(pages);
  }

  // What only we still work on.

  private static List<Arguments> statuses() {
    List<Arguments> all = new ArrayList<>();
    for (FulfillmentStatus fulfillment : FulfillmentStatus.values()) {
      for (ExecutionStatus execution : ExecutionStatus.values()) {
        if (execution != ExecutionStatus.UNRECOGNIZED) {
          all.add(Arguments.of(fulfillment, execution));
        }
      }
    }
    return all;
  }

  /** A proof outweighs everything, then what cannot be executed. */
  private static Optional<Closure> expected(
      FulfillmentStatus fulfillment, ExecutionStatus execution) {
    boolean unexecutable =
        execution == ExecutionStatus.UNEXECUTABLE || execution == ExecutionStatus.VALIDATION_FAILED;
    return switch (fulfillment) {
      case FULFILLED -> Optional.of(Closure.FULFILLED);
      case UNFULFILLABLE, REVERTED ->
          Optional.of(unexecutable ? Closure.UNEXECUTABLE : Closure.UNFULFILLABLE);
      case EXPIRED -> Optional.of(unexecutable ? Closure.UNEXECUTABLE : Closure.EXPIRED);
      case UNSPECIFIED_FULFILLMENT_STATUS, REQUESTED, ASSIGNED, UNRECOGNIZED ->
          unexecutable ? Optional.of(Closure.UNEXECUTABLE) : Optional.empty();
    };
  }

  @ParameterizedTest
  @MethodSource("statuses")
  void aStatusTellsHowItWasClosedIfItWas(FulfillmentStatus fulfillment, ExecutionStatus execution) {
    assertThat(Reconciliation.closure(status(fulfillment, execution)))
        .isEqualTo(expected(fulfillment, execution));
  }

  @ParameterizedTest
  @EnumSource(
      value = FulfillmentStatus.class,
      names = {"FULFILLED", "UNFULFILLABLE", "REVERTED", "EXPIRED"})
  void whatTheNetworkClosedIsClosedHere(FulfillmentStatus fulfillment) throws Exception {
    own.unproved.add(id(1));
    stands(Map.of(id(1), status(fulfillment, ExecutionStatus.EXECUTED)));

    assertThat(run()).isEqualTo(new Findings(0, 0, 0, 0, 1));

    assertThat(own.closed)
        .containsExactly(
            Map.entry(id(1), expected(fulfillment, ExecutionStatus.EXECUTED).orElseThrow()));
  }

  @ParameterizedTest
  @EnumSource(
      value = FulfillmentStatus.class,
      names = {"REQUESTED", "ASSIGNED"})
  void whatIsOpenThereIsWorkedOnHere(FulfillmentStatus fulfillment) throws Exception {
    own.unproved.add(id(1));
    stands(Map.of(id(1), status(fulfillment, ExecutionStatus.EXECUTED)));

    assertThat(run()).isEqualTo(new Findings(0, 0, 0, 0, 0));

    assertThat(own.closed).isEmpty();
  }

  @ParameterizedTest(name = "{0} unproved")
  @ValueSource(ints = {99, 100, 101, 250})
  void allThatAreUnprovedAreLookedAtToTheLast(int count) throws Exception {
    own.unproved.addAll(ids(1, count));
    Map<RequestId, GetProofRequestStatusResponse> statuses = new HashMap<>();
    ids(1, count)
        .forEach(
            id -> statuses.put(id, status(FulfillmentStatus.EXPIRED, ExecutionStatus.UNEXECUTED)));
    stands(statuses);

    assertThat(run()).isEqualTo(new Findings(0, 0, 0, 0, count));

    assertThat(own.closed.keySet()).containsExactlyInAnyOrderElementsOf(ids(1, count));
  }

  // What goes wrong.

  @Test
  void oneThatCannotBeReadIsLeftOut() throws Exception {
    own.adoptable.add(id(2));
    lists(
        List.of(
            assigned(id(1), OLD).toBuilder()
                .setRequestId(ByteString.copyFrom(new byte[31]))
                .build(),
            assigned(id(2), OLD)));

    assertThat(run()).isEqualTo(new Findings(1, 1, 0, 0, 0));
  }

  @Test
  void oneThatCannotBeLookedUpHereDoesNotEndTheRound() throws Exception {
    own.failing.add(id(1));
    own.adoptable.addAll(ids(1, 2));
    lists(List.of(assigned(id(1), OLD), assigned(id(2), OLD)));

    assertThat(run()).isEqualTo(new Findings(2, 1, 0, 0, 0));

    assertThat(own.adopted).containsExactly(id(2));
  }

  @Test
  void norDoesAReportThatFails() throws Exception {
    inputsLost =
        id ->
            id.equals(id(1))
                ? CompletableFuture.failedStage(new IllegalStateException("away"))
                : CompletableFuture.completedStage(new ReportOutcome.Taken(new byte[32]));
    lists(List.of(assigned(id(1), OLD), assigned(id(2), OLD)));

    assertThat(run()).isEqualTo(new Findings(2, 0, 1, 0, 0));
  }

  @Test
  void norDoesAStatusThatTheNetworkDoesNotTell() throws Exception {
    own.unproved.addAll(ids(1, 2));
    stands(Map.of(id(2), status(FulfillmentStatus.EXPIRED, ExecutionStatus.UNEXECUTED)));

    assertThat(run()).isEqualTo(new Findings(0, 0, 0, 0, 1));

    assertThat(own.closed.keySet()).containsExactly(id(2));
  }

  @Test
  void withoutTheWholeListNothingIsClosed() {
    own.unproved.add(id(1));
    stands(Map.of(id(1), status(FulfillmentStatus.EXPIRED, ExecutionStatus.UNEXECUTED)));
    kit.network.on(
        "GetFilteredProofRequests",
        _ -> {
          throw refusal(Status.Code.UNAVAILABLE, "away");
        });

    assertThatThrownBy(this::run).hasMessageContaining("UNAVAILABLE");

    assertThat(own.closed).isEmpty();
  }

  @Test
  void whoseRequestsAreOursIsToBeKnownFirst() {
    kit.network.on(
        "GetOwner",
        _ -> {
          throw refusal(Status.Code.UNAVAILABLE, "away");
        });

    assertThatThrownBy(() -> get(reconciliation(Optional.empty()).run()))
        .hasMessageContaining("UNAVAILABLE");

    assertThat(asked("GetFilteredProofRequests")).isZero();
  }
}
