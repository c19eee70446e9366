package org.privateproving.request;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.privateproving.request.RequestKit.get;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.UnknownFieldSet.Field;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.privateproving.artifact.ArtifactId;
import org.privateproving.artifact.ArtifactKind;
import org.privateproving.dispatch.Dispatcher;
import org.privateproving.dispatch.LocalQueue;
import org.privateproving.domain.Address;
import org.privateproving.domain.CircuitVersion;
import org.privateproving.domain.Digest;
import org.privateproving.domain.Refusal;
import org.privateproving.domain.RequestId;
import org.privateproving.domain.Schema;
import org.privateproving.domain.VkHash;
import org.privateproving.network.NetworkRequest;
import org.privateproving.network.OwnRequests.Closure;
import org.privateproving.network.Reporter;
import org.privateproving.sp1.ProofMode;
import org.privateproving.wire.network.FulfillmentStrategy;
import org.privateproving.wire.network.ProofRequest;

/** On the real store and the real read side. */
class AdoptionTest {
  @RegisterExtension static final RequestKit KIT = RequestKit.start();

  private static final Address ALICE = new Address("0a".repeat(20));
  private static final Address BOB = new Address("0b".repeat(20));
  private static final String PROGRAM_URI = "https://programs/1";

  private final RequestId id = KIT.randomId();
  private final NotedPrograms network = new NotedPrograms();
  private final Accepted requests = new Accepted();
  private final Map<RequestId, RequestCommand> sent = new HashMap<>();
  private final RequestIndex index = new RequestIndex(KIT.database());
  private final Adoption adoption =
      new Adoption(
          requests,
          surroundings(),
          network,
          Set.of(new CircuitVersion(SampleRequests.V6)),
          sent::put);

  private Surroundings surroundings() {
    var settings =
        new RequestSettings(
            Duration.ofSeconds(5),
            Duration.ofSeconds(15),
            3,
            new RetryPauses(List.of()),
            new StallBound(Duration.ofHours(1), Duration.ZERO),
            new AdmissionSettings(1000, 1000, true),
            Duration.ZERO,
            Duration.ofDays(7),
            1 << 20);
    return new Surroundings(
        KIT.actors().<Dispatcher.Command>createTestProbe().getRef(),
        new LocalQueue(),
        KIT.actors().<Reporter.Command>createTestProbe().getRef(),
        KIT.artifacts(),
        network,
        index,
        new DurationHistory(),
        settings,
        Clock.systemUTC());
  }

  /** Requests of which it is known what was ordered, and nothing else. */
  private static final class Accepted implements Requests {
    final Map<RequestId, Order> orders = new HashMap<>();
    final Map<RequestId, State> states = new HashMap<>();

    @Override
    public CompletionStage<Void> requireRoom(Address requester, Order.Terms terms) {
      throw new AssertionError("what the network assigned is not asked about");
    }

    @Override
    public CompletionStage<Void> accept(RequestId id, Order order) {
      orders.putIfAbsent(id, order);
      return CompletableFuture.completedStage(null);
    }

    @Override
    public CompletionStage<Optional<Snapshot>> find(RequestId id) {
      return CompletableFuture.completedStage(
          Optional.ofNullable(states.get(id)).map(state -> new Snapshot(id, state)));
    }

    @Override
    public CompletionStage<Optional<Snapshot>> poll(RequestId id) {
      throw new AssertionError("nobody polls");
    }

    @Override
    public CompletionStage<Optional<Snapshot>> cancel(RequestId id, Address by) {
      throw new AssertionError("nobody cancels");
    }

    @Override
    public CompletionStage<List<Snapshot>> list(RequestFilter filter) {
      throw new AssertionError("nobody lists");
    }
  }

  private static ByteString bytes(byte[] bytes) {
    return ByteString.copyFrom(bytes);
  }

  private static ArtifactId stdinOf(Address owner) {
    return KIT.upload(owner, ArtifactKind.STDIN, "an input");
  }

  private static String uri(ArtifactId stdin) {
    return "http://here/artifacts/" + stdin;
  }

  private NetworkRequest request(ArtifactId stdin) {
    return request(uri(stdin), UnaryOperator.identity());
  }

  private NetworkRequest request(String uri, UnaryOperator<ProofRequest.Builder> changed) {
    var message =
        ProofRequest.newBuilder()
            .setRequestId(bytes(id.bytes()))
            .setRequester(bytes(ALICE.bytes()))
            .setVkHash(bytes(SampleRequests.bytes(32, 2)))
            .setVersion(SampleRequests.V6)
            .setMode(org.privateproving.wire.network.ProofMode.GROTH16)
            .setStrategy(FulfillmentStrategy.RESERVED)
            .setProgramUri(PROGRAM_URI)
            .setStdinUri(uri)
            .setDeadline(SampleRequests.DEADLINE.getEpochSecond())
            .setCycleLimit(-1)
            .setGasLimit(7);
    return NetworkRequest.parse(changed.apply(message).build().toByteString(), Schema.BASE);
  }

  private Order order() {
    return requireNonNull(requests.orders.get(id));
  }

  private boolean adopts(NetworkRequest request) {
    return get(adoption.adopt(request));
  }

  private void isNotAdopted(NetworkRequest request) {
    assertThat(adopts(request)).isFalse();
    assertThat(requests.orders).isEmpty();
  }

  private Optional<String> claimedBy(ArtifactId stdin) {
    return get(KIT.artifacts().find(stdin)).orElseThrow().claimedBy();
  }

  // What is adopted.

  @Test
  void whatTheNetworkTellsIsWhatIsOrdered() {
    ArtifactId stdin = stdinOf(ALICE);

    assertThat(adopts(request(stdin))).isTrue();

    assertThat(requests.orders)
        .containsExactly(
            Map.entry(
                id,
                new Order(
                    ALICE,
                    new Order.Terms(
                        Schema.BASE,
                        VkHash.of(SampleRequests.bytes(32, 2)),
                        new CircuitVersion(SampleRequests.V6),
                        ProofMode.GROTH16,
                        FulfillmentStrategy.RESERVED.getNumber(),
                        uri(stdin),
                        stdin,
                        SampleRequests.DEADLINE,
                        -1,
                        7,
                        Optional.empty(),
                        false,
                        0,
                        List.of(),
                        Optional.empty()),
                    PROGRAM_URI,
                    NotedPrograms.PROGRAM)));
    assertThat(claimedBy(stdin)).contains(id.hex());
  }

  @Test
  void soAreTheFieldsThatFewRequestsHaveInTheAuctionSchema() {
    ArtifactId stdin = stdinOf(ALICE);
    var tail =
        UnknownFieldSet.newBuilder()
            .addField(34, text("11"))
            .addField(35, text("22"))
            .addField(38, Field.newBuilder().addVarint(1).build())
            .build();

    assertThat(
            adopts(
                request(
                    uri(stdin),
                    message ->
                        message
                            .setPublicValuesHash(bytes(SampleRequests.bytes(32, 9)))
                            .setMinAuctionPeriod(3)
                            .addWhitelist(bytes(BOB.bytes()))
                            .setUnknownFields(tail))))
        .isTrue();

    Order.Terms terms = order().terms();
    assertThat(terms.schema()).isEqualTo(Schema.AUCTION);
    assertThat(terms.auction()).contains(new Order.AuctionTerms("11", "22"));
    assertThat(terms.stdinPrivate()).isTrue();
    assertThat(terms.publicValuesHash()).contains(Digest.of(SampleRequests.bytes(32, 9)));
    assertThat(terms.minAuctionPeriod()).isEqualTo(3);
    assertThat(terms.whitelist()).containsExactly(BOB);
  }

  private static Field text(String text) {
    return Field.newBuilder().addLengthDelimited(ByteString.copyFromUtf8(text)).build();
  }

  @Test
  void oneThatWasAdoptedIsAdoptedAgainToTheSameEffect() {
    NetworkRequest request = request(stdinOf(ALICE));
    assertThat(adopts(request)).isTrue();
    Order first = order();

    assertThat(adopts(request)).isTrue();

    assertThat(requests.orders).containsExactly(Map.entry(id, first));
  }

  @Test
  void oneWhoseDeadlineIsOverIsItsActorsToExpire() {
    Instant over = Instant.ofEpochSecond(1);

    assertThat(
            adopts(
                request(
                    uri(stdinOf(ALICE)), message -> message.setDeadline(over.getEpochSecond()))))
        .isTrue();

    assertThat(order().terms().deadline()).isEqualTo(over);
  }

  /** From 2^63 up they are negative here, and beyond the year 9999 no database takes them. */
  @ParameterizedTest
  @ValueSource(longs = {253_402_300_800L, Long.MAX_VALUE, Long.MIN_VALUE, -1})
  void oneWithADeadlineBeyondAllTimeHasTheLatestThereIs(long seconds) {
    assertThat(adopts(request(uri(stdinOf(ALICE)), message -> message.setDeadline(seconds))))
        .isTrue();

    assertThat(order().terms().deadline()).isEqualTo(Instant.parse("9999-12-31T23:59:59Z"));
    get(index.register(id, order(), SampleRequests.NOW));
  }

  // What is not.

  @Test
  void notOneWhoseStdinIsNotHere() {
    isNotAdopted(request(new ArtifactId(UUID.randomUUID())));
  }

  @Test
  void notOneWhoseStdinIsNotCompleteYet() {
    isNotAdopted(request(get(KIT.artifacts().open(ALICE, ArtifactKind.STDIN)).id()));
  }

  @Test
  void notOneWhoseStdinIsAnothersAndThatStaysUnclaimed() {
    ArtifactId stdin = stdinOf(BOB);

    isNotAdopted(request(stdin));

    assertThat(claimedBy(stdin)).isEmpty();
  }

  @Test
  void notOneWhoseStdinIsOfAnotherRequest() {
    ArtifactId stdin = stdinOf(ALICE);
    String other = KIT.randomId().hex();
    get(KIT.artifacts().claim(stdin, ALICE, ArtifactKind.STDIN, other));

    isNotAdopted(request(stdin));

    assertThat(claimedBy(stdin)).contains(other);
  }

  @Test
  void notOneWhoseStdinIsAProgram() {
    isNotAdopted(request(KIT.upload(ALICE, ArtifactKind.PROGRAM, "a program")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "http://here/artifacts/", "s3://elsewhere/stdins/artifact_01j"})
  void notOneWhoseStdinLiesElsewhere(String uri) {
    isNotAdopted(request(uri, UnaryOperator.identity()));
  }

  @ParameterizedTest
  @ValueSource(strings = {SampleRequests.V5, "", "no version"})
  void notOneOfACircuitVersionThatIsNotProvedHere(String version) {
    isNotAdopted(request(uri(stdinOf(ALICE)), message -> message.setVersion(version)));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 5})
  void notOneOfAModeThatNobodyProves(int mode) {
    isNotAdopted(request(uri(stdinOf(ALICE)), message -> message.setModeValue(mode)));
  }

  @ParameterizedTest
  @CsvSource({"vk_hash, 31", "public_values_hash, 31", "whitelist, 19"})
  void notOneWithAFieldOfOddLength(String field, int length) {
    ByteString odd = bytes(new byte[length]);
    var descriptor = ProofRequest.getDescriptor().findFieldByName(field);

    isNotAdopted(
        request(
            uri(stdinOf(ALICE)),
            message ->
                descriptor.isRepeated()
                    ? message.addRepeatedField(descriptor, odd)
                    : message.setField(descriptor, odd)));
  }

  // What goes wrong.

  @Test
  void whatIsRefusedForGoodIsNotAdopted() {
    network.failure = new Refusal(Refusal.Reason.INVALID, "no such thing");

    isNotAdopted(request(stdinOf(ALICE)));
  }

  @Test
  void whatMayPassIsTriedAgainAndThenAdopted() {
    NetworkRequest request = request(stdinOf(ALICE));
    for (RuntimeException passing :
        List.of(
            new Refusal(Refusal.Reason.TRY_AGAIN, "later"), new IllegalStateException("a loss"))) {
      network.failure = passing;
      assertThatThrownBy(() -> adopts(request)).hasRootCause(passing);
    }
    assertThat(requests.orders).isEmpty();

    network.failure = null;
    assertThat(adopts(request)).isTrue();
  }

  // What is known, and what is closed.

  @Test
  void isKnownIfItWasAcceptedBeItOverOrNot() {
    assertThat(get(adoption.isKnown(id))).isFalse();

    requests.states.put(id, new State.Absent());
    assertThat(get(adoption.isKnown(id))).isFalse();

    for (State known : List.of(SampleRequests.queued(), SampleRequests.expired())) {
      requests.states.put(id, known);
      assertThat(get(adoption.isKnown(id))).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  void tellsTheActorHowTheNetworkClosedIt(Closure closure) {
    adoption.closed(id, closure);

    assertThat(sent).containsExactly(Map.entry(id, new RequestCommand.ClosedAtNetwork(closure)));
  }

  @Test
  void listsWhatIsNotProvedYetFromTheReadSide() {
    List<RequestId> before = get(adoption.unproved(Optional.empty(), 1000));
    Order order =
        SampleRequests.with(
            SampleRequests.order(),
            uri(new ArtifactId(UUID.randomUUID())),
            new ArtifactId(UUID.randomUUID()),
            SampleRequests.DEADLINE);
    get(index.register(id, order, SampleRequests.NOW));
    assertThat(get(adoption.unproved(Optional.empty(), 1000))).isEqualTo(before);

    index.update(id, new State.Queued(SampleRequests.facts(order)), SampleRequests.NOW);
    await().until(() -> get(adoption.unproved(Optional.empty(), 1000)).contains(id));
    assertThat(get(adoption.unproved(Optional.of(id), 1000))).doesNotContain(id);
  }
}
