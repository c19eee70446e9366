package org.privateproving.gateway;

import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.privateproving.artifact.ArtifactInfo;
import org.privateproving.artifact.ArtifactKind;
import org.privateproving.artifact.ArtifactStore;
import org.privateproving.domain.Address;
import org.privateproving.domain.Refusal;
import org.privateproving.domain.Refusal.Reason;
import org.privateproving.network.ProverNetwork;
import org.privateproving.network.ProverNetwork.Admission;
import org.privateproving.network.ProverNetwork.Admittee;
import org.privateproving.network.ProverNetwork.Authorization;
import org.privateproving.network.ProverNetwork.Program;
import org.privateproving.request.Order;
import org.privateproving.request.Requests;
import org.privateproving.request.State;
import org.privateproving.wire.network.RequestProofRequestBody;
import org.privateproving.wire.network.RequestProofResponse;
import org.privateproving.wire.network.RequestProofResponseBody;
import org.privateproving.wire.network.SignedRequest;

/**
 * RequestProof, step by step: open and check the message → look at its stdin → see whether there is
 * room, unless it is a repeat → admission by the network → (a repeat ends here, with the first
 * answer) → claim the stdin → have the order accepted.
 *
 * <p>Up to the admission nothing has an effect. After it every step can be taken again, so that a
 * client whose answer got lost, or whose server died, only has to repeat the call, as the SDK does.
 */
final class RequestProofFlow {
  private final Requesters requesters;
  private final RequestBody bodies;
  private final ProverNetwork network;
  private final Requests requests;
  private final ArtifactStore artifacts;
  private final Clock clock;

  RequestProofFlow(
      Requesters requesters,
      RequestBody bodies,
      ProverNetwork network,
      Requests requests,
      ArtifactStore artifacts,
      Clock clock) {
    this.requesters = requesters;
    this.bodies = bodies;
    this.network = network;
    this.requests = requests;
    this.artifacts = artifacts;
    this.clock = clock;
  }

  CompletionStage<RequestProofResponse> request(
      SignedRequest envelope, Optional<Authorization> authorization) {
    var opened = SignedEnvelope.open(envelope, requesters, RequestProofRequestBody.parser());
    Order.Terms terms = bodies.parse(opened.body(), clock.instant());
    Address signer = opened.signer();
    return artifacts
        .find(terms.stdin())
        .thenCompose(
            stdin -> {
              stdin.ifPresent(info -> requireUsable(info, signer));
              return requireRoom(terms, signer, stdin)
                  .thenCompose(
                      _ ->
                          network.admit(
                              opened.signed(RequestProofRequestBody::getNonce, authorization),
                              new Admittee(terms.vkHash(), terms.stdinUri(), isReady(stdin))))
                  .thenCompose(
                      admission ->
                          accept(admission, terms, signer, stdin)
                              .thenApply(_ -> response(admission)));
            });
  }

  /** A repeat has its room, and what shows it: its stdin is claimed, or gone already. */
  private CompletionStage<Void> requireRoom(
      Order.Terms terms, Address signer, Optional<ArtifactInfo> stdin) {
    return isReady(stdin)
        ? requests.requireRoom(signer, terms)
        : CompletableFuture.completedStage(null);
  }

  private CompletionStage<Void> accept(
      Admission admission, Order.Terms terms, Address signer, Optional<ArtifactInfo> stdin) {
    return requests
        .find(admission.id())
        .thenCompose(
            known -> {
              if (known.isPresent() && known.get().state() instanceof State.Known) {
                return CompletableFuture.completedStage(null);
              }
              if (stdin.isEmpty()) {
                throw new Refusal(
                    Reason.FAILED_PRECONDITION,
                    "stdin_uri: no such artifact, or it expired; upload the stdin again");
              }
              return artifacts
                  .claim(terms.stdin(), signer, ArtifactKind.STDIN, admission.id().hex())
                  .thenCompose(
                      _ ->
                          requests.accept(
                              admission.id(), order(signer, terms, admission.program())));
            });
  }

  private static Order order(Address requester, Order.Terms terms, Program program) {
    return new Order(requester, terms, program.programUri(), program.artifact());
  }

  private static boolean isReady(Optional<ArtifactInfo> stdin) {
    return stdin.filter(info -> info.complete() && info.claimedBy().isEmpty()).isPresent();
  }

  /**
   * Refuses what can never become a request. A stdin that is gone, or is claimed, passes: the call
   * may be the repeat of one whose request has begun or ended, which only the admission can tell.
   */
  private static void requireUsable(ArtifactInfo stdin, Address signer) {
    if (!stdin.owner().equals(signer)) {
      throw new Refusal(Reason.NOT_ALLOWED, "stdin_uri: uploaded by another address");
    }
    if (stdin.kind() != ArtifactKind.STDIN) {
      throw new Refusal(Reason.INVALID, "stdin_uri: a " + stdin.kind() + " (expected: STDIN)");
    }
    if (!stdin.complete() && stdin.claimedBy().isEmpty()) {
      throw new Refusal(
          Reason.FAILED_PRECONDITION, "stdin_uri: not uploaded yet; PUT it to its presigned URL");
    }
  }

  private static RequestProofResponse response(Admission admission) {
    return RequestProofResponse.newBuilder()
        .setTxHash(Bytes.of(admission.txHash()))
        .setBody(
            RequestProofResponseBody.newBuilder().setRequestId(Bytes.of(admission.id().bytes())))
        .build();
  }
}
