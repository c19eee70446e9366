package org.privateproving.request;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.privateproving.artifact.ArtifactId;
import org.privateproving.domain.Address;
import org.privateproving.domain.CircuitVersion;
import org.privateproving.domain.Digest;
import org.privateproving.domain.FailureCause;
import org.privateproving.domain.RequestId;
import org.privateproving.domain.Schema;
import org.privateproving.domain.VkHash;
import org.privateproving.request.State.Execution;
import org.privateproving.request.State.Facts;
import org.privateproving.request.State.Lease;
import org.privateproving.request.State.StoredProof;
import org.privateproving.sp1.ProofMode;

/** Requests in each state, by name. */
final class SampleRequests {
  static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
  static final Instant DEADLINE = NOW.plus(Duration.ofHours(4));
  static final RequestId ID = RequestId.of(bytes(32, 7));
  static final Digest DIGEST = Digest.of(bytes(32, 9));
  static final String V5 = "sp1-v5.0.0";
  static final String V6 = "sp1-v6.1.0";
  static final StoredProof PROOF =
      new StoredProof(new ArtifactId(new UUID(3, 3)), DIGEST, 1000, NOW);

  private SampleRequests() {}

  static Order order() {
    return order(Schema.BASE, V6);
  }

  static Order order(Schema schema, String version) {
    return new Order(
        Address.of(bytes(20, 1)),
        new Order.Terms(
            schema,
            VkHash.of(bytes(32, 2)),
            new CircuitVersion(version),
            ProofMode.CORE,
            1,
            "http://here/artifacts/" + new UUID(1, 1),
            new ArtifactId(new UUID(1, 1)),
            DEADLINE,
            -1L,
            -1L,
            Optional.of(DIGEST),
            true,
            0,
            List.of(Address.of(bytes(20, 3))),
            schema == Schema.AUCTION
                ? Optional.of(new Order.AuctionTerms("0", "1"))
                : Optional.empty()),
        "http://here/artifacts/" + new UUID(2, 2),
        new ArtifactId(new UUID(2, 2)));
  }

  static Order forProgram(int n) {
    Order.Terms terms = order().terms();
    return new Order(
        order().requester(),
        new Order.Terms(
            terms.schema(),
            VkHash.of(bytes(32, n)),
            terms.version(),
            terms.mode(),
            terms.strategy(),
            terms.stdinUri(),
            terms.stdin(),
            terms.deadline(),
            terms.cycleLimit(),
            terms.gasLimit(),
            terms.publicValuesHash(),
            terms.stdinPrivate(),
            terms.minAuctionPeriod(),
            terms.whitelist(),
            terms.auction()),
        order().programUri(),
        order().program());
  }

  static Order withDeadline(Order order, Instant deadline) {
    return with(order, order.terms().stdinUri(), order.terms().stdin(), deadline);
  }

  static Order with(Order order, String stdinUri, ArtifactId stdin, Instant deadline) {
    Order.Terms terms = order.terms();
    return new Order(
        order.requester(),
        new Order.Terms(
            terms.schema(),
            terms.vkHash(),
            terms.version(),
            terms.mode(),
            terms.strategy(),
            stdinUri,
            stdin,
            deadline,
            terms.cycleLimit(),
            terms.gasLimit(),
            terms.publicValuesHash(),
            terms.stdinPrivate(),
            terms.minAuctionPeriod(),
            terms.whitelist(),
            terms.auction()),
        order.programUri(),
        order.program());
  }

  static Facts facts(Order order) {
    return new Facts(order, NOW, NOW, 0, 0, Optional.empty(), false);
  }

  static Facts executedFacts(Order order) {
    return new Facts(order, NOW, NOW, 1, 0, Optional.of(new Execution(5, 7, DIGEST, NOW)), false);
  }

  static State.Queued queued() {
    return new State.Queued(facts(order()));
  }

  static State.Leased leased() {
    return new State.Leased(
        new Facts(order(), NOW, NOW, 1, 0, Optional.empty(), false),
        new Lease(1, "gpu-0", NOW, NOW.plusSeconds(15)));
  }

  static State.Proved proved() {
    return new State.Proved(executedFacts(order()), PROOF);
  }

  static State.Fulfilled fulfilled() {
    return new State.Fulfilled(executedFacts(order()), Optional.of(PROOF), DIGEST);
  }

  static State.Failed failed(FailureCause cause) {
    return new State.Failed(facts(order()), cause, "for a reason", false);
  }

  /** One that the network is still to hear of. */
  static State.Failed unreported() {
    return new State.Failed(facts(order()), FailureCause.EXCEEDED_GAS_LIMIT, "for a reason", true);
  }

  static State.Expired expired() {
    return new State.Expired(facts(order()));
  }

  /** One of each kind. */
  static List<Event> events() {
    return List.of(
        new Event.Accepted(order(), NOW),
        new Event.LeaseGranted(1, "gpu-0", NOW.plusSeconds(15), NOW),
        new Event.LeaseLost(1, "fell silent", true, Optional.empty(), NOW),
        new Event.Executed(1, 5, 7, DIGEST, NOW),
        new Event.Proved(1, PROOF, NOW),
        new Event.Fulfilled(DIGEST, NOW),
        new Event.FulfilledElsewhere(NOW),
        new Event.Failed(FailureCause.EXCEEDED_GAS_LIMIT, "too much", Optional.empty(), NOW),
        new Event.FailureReported(NOW),
        new Event.Expired(NOW),
        new Event.InputsErased(NOW));
  }

  /** Those that have more to say since the second release. */
  static List<Event> newerEvents() {
    return List.of(
        new Event.LeaseLost(1, "fell silent", true, Optional.of(NOW.plusSeconds(5)), NOW),
        new Event.Failed(FailureCause.EXCEEDED_GAS_LIMIT, "too much", Optional.of(true), NOW));
  }

  static byte[] bytes(int length, int value) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }
}
