package org.privateproving.network.upstream;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import io.grpc.Status;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongFunction;
import org.apache.pekko.stream.BoundedSourceQueue;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.privateproving.domain.Refusal;
import org.privateproving.domain.Refusal.Reason;
import org.privateproving.domain.RootCause;
import org.privateproving.network.EthereumSignature;
import org.privateproving.network.NetworkRefusal;
import org.privateproving.network.ProverNetwork.ReportOutcome;
import org.privateproving.network.Signer;
import org.privateproving.wire.network.MessageFormat;
import org.privateproving.wire.network.SignedRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends messages under one signer's nonces, one after the other: the network takes each only with
 * exactly the next nonce. Keeps the next one in mind, and asks for it again after anything but a
 * success, since only the network knows then. To be used by one node of a cluster at a time; if two
 * do for a moment, one of them is told that its nonce is stale, and asks again.
 *
 * <p>A message may have reached the network before: its answer was lost, or it was delivered twice
 * and the answer is the second's. So each time, and again before each repeat, its turn is: learn
 * the nonce → look whether the message is still to be sent → send it.
 */
final class SignedSender {
  private static final Logger LOG = LoggerFactory.getLogger(SignedSender.class);
  private static final int MAX_WAITING = 10_000;
  private static final int MAX_STALE = 5;

  private final NetworkClient network;
  private final Signer signer;
  private final BoundedSourceQueue<Turn> turns;
  // Confined to the one turn that is under way.
  private OptionalLong next = OptionalLong.empty();

  /** What has become of a message already; empty: it is still to be sent. */
  @FunctionalInterface
  interface Look {
    CompletionStage<Optional<ReportOutcome>> outcome();
  }

  /** Sends a message with the nonce it is given; yields the transaction's hash. */
  @FunctionalInterface
  interface Sending {
    CompletionStage<byte[]> with(long nonce);
  }

  private record Turn(Look look, Sending sending, CompletableFuture<ReportOutcome> outcome) {}

  SignedSender(NetworkClient network, Signer signer, Materializer materializer) {
    this.network = network;
    this.signer = signer;
    this.turns =
        Source.<Turn>queue(MAX_WAITING).mapAsync(1, this::take).to(Sink.ignore()).run(materializer);
  }

  /**
   * Looks and sends when it is its turn.
   *
   * @return what {@code look} found, or that the message was taken. Fails as {@code look} does; as
   *     {@code sending} does; or with TRY_AGAIN if too much waits or the nonce is not to be learnt
   */
  CompletionStage<ReportOutcome> send(Look look, Sending sending) {
    Turn turn = new Turn(look, sending, new CompletableFuture<>());
    if (!turns.offer(turn).isEnqueued()) {
      turn.outcome()
          .completeExceptionally(
              new Refusal(Reason.TRY_AGAIN, "too many reports to the prover network are waiting"));
    }
    return turn.outcome();
  }

  /** How a message that fits into memory is sent. */
  Sending message(String method, LongFunction<MessageLite> body) {
    return nonce -> {
      byte[] bytes = body.apply(nonce).toByteArray();
      return signer
          .sign(EthereumSignature.personalDigest(bytes))
          .thenCompose(signature -> network.send(method, envelope(bytes, signature)));
    };
  }

  private static SignedRequest envelope(byte[] body, byte[] signature) {
    return SignedRequest.newBuilder()
        .setFormat(MessageFormat.BINARY)
        .setSignature(ByteString.copyFrom(signature))
        .setBody(ByteString.copyFrom(body))
        .build();
  }

  private CompletionStage<Boolean> take(Turn turn) {
    return attempt(turn, 1)
        .handle(
            (outcome, failure) ->
                failure == null
                    ? turn.outcome().complete(outcome)
                    : turn.outcome().completeExceptionally(RootCause.of(failure)));
  }

  private CompletionStage<ReportOutcome> attempt(Turn turn, int number) {
    // INVARIANT: the nonce is known before the look. An earlier delivery that the look does not see
    // yet, because it is still on its way, can then only have this very nonce or a stale one, and
    // the network takes one message of a nonce. The other way round it could take both.
    return nonce()
        .thenCompose(
            nonce ->
                turn.look()
                    .outcome()
                    .thenCompose(
                        outcome ->
                            outcome
                                .<CompletionStage<ReportOutcome>>map(
                                    CompletableFuture::completedStage)
                                .orElseGet(() -> sent(turn, nonce, number))));
  }

  private CompletionStage<ReportOutcome> sent(Turn turn, long nonce, int number) {
    return turn.sending()
        .with(nonce)
        .<ReportOutcome>thenApply(
            txHash -> {
              next = OptionalLong.of(nonce + 1);
              return new ReportOutcome.Taken(TxHash.of(txHash));
            })
        .exceptionallyCompose(
            failure -> {
              next = OptionalLong.empty();
              if (number < MAX_STALE
                  && NetworkClient.refusal(failure).filter(SignedSender::isStale).isPresent()) {
                LOG.info("A nonce of {} was stale; another is asked for", signer.address());
                return attempt(turn, number + 1);
              }
              return CompletableFuture.failedStage(failure);
            });
  }

  private CompletionStage<Long> nonce() {
    return next.isPresent()
        ? CompletableFuture.completedStage(next.getAsLong())
        : network
            .nonce(signer.address())
            .thenApply(
                nonce -> {
                  next = OptionalLong.of(nonce);
                  return nonce;
                })
            .exceptionallyCompose(
                failure -> NetworkClient.notAnswered("the nonce of " + signer.address(), failure));
  }

  /** No document says which code the network has for it, so its message counts, too. */
  static boolean isStale(NetworkRefusal refusal) {
    return !refusal.isAmbiguous()
        && (refusal.code() == Status.Code.ABORTED
            || Objects.requireNonNullElse(refusal.status().getDescription(), "")
                .toLowerCase(Locale.ROOT)
                .contains("nonce"));
  }
}
