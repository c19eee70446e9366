package org.privateproving.network.upstream;

import io.grpc.Status;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.privateproving.artifact.ArtifactId;
import org.privateproving.domain.FailureCause;
import org.privateproving.domain.RequestId;
import org.privateproving.domain.RootCause;
import org.privateproving.domain.Schema;
import org.privateproving.network.NetworkRefusal;
import org.privateproving.network.ProverNetwork.ReportOutcome;
import org.privateproving.network.ProverNetwork.Result;
import org.privateproving.network.ResultRefused;
import org.privateproving.network.Signer;
import org.privateproving.network.upstream.SignedSender.Sending;
import org.privateproving.network.upstream.Standing.Verdict;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the network results in our fulfiller's name, each once: directly before it is sent, and
 * before it is sent again, it looks how the request stands.
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
        .schema()
        .exceptionallyCompose(failure -> NetworkClient.notAnswered("its schema", failure))
        .thenCompose(schema -> sending(id, result, schema))
        .thenCompose(sending -> sender.send(() -> outcome(id, result), sending))
        .exceptionallyCompose(Reports::withoutProof)
        .exceptionallyCompose(
            failure ->
                CompletableFuture.failedStage(
                    NetworkClient.refusal(failure)
                        .filter(refusal -> !refusal.isAmbiguous() && isAboutTheResult(refusal))
                        .<Throwable>map(
                            refusal -> new ResultRefused("the network says " + refusal.code()))
                        .orElse(failure)))
        .whenComplete(
            (_, failure) -> {
              if (failure != null) {
                // How often, and since when, the reporter says.
                LOG.debug("{}: its result was not reported ({})", id, ShownFailure.of(failure));
              }
            });
  }

  /** There is no sense in waiting for a proof that is gone: then the network is told of that. */
  private static CompletionStage<ReportOutcome> withoutProof(Throwable failure) {
    return RootCause.of(failure) instanceof ProofLost lost
        ? CompletableFuture.completedStage(
            new ReportOutcome.Rejected(String.valueOf(lost.getMessage())))
        : CompletableFuture.failedStage(failure);
  }

  /** What has become of the result, as far as the network knows. */
  private CompletionStage<Optional<ReportOutcome>> outcome(RequestId id, Result result) {
    return network
        .status(id)
        .exceptionallyCompose(
            failure ->
                NetworkClient.isCode(failure, Status.Code.NOT_FOUND)
                    ? CompletableFuture.failedStage(
                        new ResultRefused("the network does not know the request"))
                    : NetworkClient.notAnswered("how the request stands", failure))
        .thenApply(
            status ->
                switch (Standing.verdict(status, result, clock.instant())) {
                  case Verdict.Done(ReportOutcome outcome) -> Optional.of(outcome);
                  case Verdict.Send() -> Optional.empty();
                });
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

  private CompletionStage<Sending> sending(RequestId id, Result result, Schema schema) {
    return switch (result) {
      case Result.Failure(FailureCause cause) ->
          CompletableFuture.completedStage(
              sender.message(
                  FailureMessage.method(cause, schema),
                  nonce -> FailureMessage.of(nonce, id, cause, schema).body()));
      case Result.Proof(ArtifactId artifact, long size) ->
          domain(schema)
              .thenApply(
                  domain ->
                      nonce ->
                          upload.send(ProofMessage.of(nonce, id, size, domain), artifact, signer));
    };
  }

  private CompletionStage<Optional<byte[]>> domain(Schema schema) {
    return schema == Schema.BASE
        ? CompletableFuture.completedStage(Optional.empty())
        : network
            .params()
            .thenApply(params -> Optional.of(params.getDomain().toByteArray()))
            .exceptionallyCompose(failure -> NetworkClient.notAnswered("its domain", failure));
  }
}
