package org.privateproving.network.upstream;

import io.grpc.Status;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.privateproving.domain.FailureCause;
import org.privateproving.domain.RequestId;
import org.privateproving.domain.Schema;
import org.privateproving.network.ProverNetwork.ReportOutcome;
import org.privateproving.network.ProverNetwork.Result;
import org.privateproving.network.ResultRefused;
import org.privateproving.network.Signer;
import org.privateproving.network.upstream.Standing.Verdict;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the network results in our fulfiller's name, each once: before every attempt it looks how
 * the request stands.
 */
final class Reports {
  private static final Logger LOG = LoggerFactory.getLogger(Reports.class);

  private final NetworkClient network;
  private final SignedSender sender;
  private final ProofUpload upload;
  private final Signer signer;
  private final Clock clock;

  Reports(
      NetworkClient network, SignedSender sender, ProofUpload upload, Signer signer, Clock clock) {
    this.network = network;
    this.sender = sender;
    this.upload = upload;
    this.signer = signer;
    this.clock = clock;
  }

  /** As {@link org.privateproving.network.ProverNetwork#report}. */
  CompletionStage<ReportOutcome> report(RequestId id, Result result) {
    return network
        .status(id)
        .exceptionallyCompose(
            failure ->
                CompletableFuture.failedStage(
                    NetworkClient.isCode(failure, Status.Code.NOT_FOUND)
                        ? new ResultRefused("the network does not know the request")
                        : failure))
        .thenCompose(
            status ->
                switch (Standing.verdict(status, result, clock.instant())) {
                  case Verdict.Done(ReportOutcome outcome) ->
                      CompletableFuture.completedStage(outcome);
                  case Verdict.Send() -> send(id, result);
                })
        .whenComplete(
            (_, failure) -> {
              if (failure != null) {
                LOG.info("{}: its result was not reported ({})", id, kind(failure));
              }
            });
  }

  /** What a message says may be anything; a code or a class is ours to show. */
  private static String kind(Throwable failure) {
    return NetworkClient.refusal(failure)
        .map(refusal -> refusal.code().toString())
        .orElseGet(() -> NetworkClient.cause(failure).getClass().getSimpleName());
  }

  private CompletionStage<ReportOutcome> send(RequestId id, Result result) {
    return network
        .schema()
        .thenCompose(
            schema ->
                switch (result) {
                  case Result.Failure(FailureCause cause) ->
                      sender.send(
                          FailureMessage.method(cause, schema),
                          nonce -> FailureMessage.of(nonce, id, cause, schema).body());
                  case Result.Proof proof -> sendProof(id, proof, schema);
                })
        .<ReportOutcome>thenApply(told -> new ReportOutcome.Taken(TxHash.of(told)))
        .exceptionallyCompose(
            failure ->
                NetworkClient.refusal(failure)
                    .filter(refusal -> !refusal.isAmbiguous() && isAboutTheResult(refusal))
                    .<CompletionStage<ReportOutcome>>map(
                        refusal ->
                            CompletableFuture.failedStage(
                                new ResultRefused("the network says " + refusal.code())))
                    .orElseGet(() -> CompletableFuture.failedStage(failure)));
  }

  /**
   * Too many calls, a nonce that went stale again and again, or a network that is being replaced
   * say nothing about a result.
   */
  private static boolean isAboutTheResult(NetworkRefusal refusal) {
    return switch (refusal.code()) {
      case RESOURCE_EXHAUSTED, UNIMPLEMENTED, UNAUTHENTICATED -> false;
      default -> !SignedSender.isStale(refusal);
    };
  }

  private CompletionStage<byte[]> sendProof(RequestId id, Result.Proof proof, Schema schema) {
    CompletionStage<Optional<byte[]>> domain =
        schema == Schema.BASE
            ? CompletableFuture.completedStage(Optional.empty())
            : network.params().thenApply(params -> Optional.of(params.getDomain().toByteArray()));
    return domain.thenCompose(
        known ->
            sender.send(
                nonce ->
                    upload.send(
                        ProofMessage.of(nonce, id, proof.size(), known),
                        proof.artifact(),
                        signer)));
  }
}
