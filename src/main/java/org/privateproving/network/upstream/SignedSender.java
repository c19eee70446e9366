package org.privateproving.network.upstream;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import io.grpc.Status;
import java.util.Locale;
import java.util.Objects;
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
import org.privateproving.network.EthereumSignature;
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

  /** Sends a message with the nonce it is given; yields the transaction's hash. */
  @FunctionalInterface
  interface Sending {
    CompletionStage<byte[]> with(long nonce);
  }

  private record Turn(Sending sending, CompletableFuture<byte[]> txHash) {}

  SignedSender(NetworkClient network, Signer signer, Materializer materializer) {
    this.network = network;
    this.signer = signer;
    this.turns =
        Source.<Turn>queue(MAX_WAITING).mapAsync(1, this::take).to(Sink.ignore()).run(materializer);
  }

  /**
   * Sends when it is its turn.
   *
   * @return the transaction's hash; fails as {@link NetworkCalls} does, with TRY_AGAIN if too much
   *     waits
   */
  CompletionStage<byte[]> send(Sending sending) {
    Turn turn = new Turn(sending, new CompletableFuture<>());
    if (!turns.offer(turn).isEnqueued()) {
      turn.txHash()
          .completeExceptionally(
              new Refusal(Reason.TRY_AGAIN, "too many reports to the prover network are waiting"));
    }
    return turn.txHash();
  }

  /** The same for a message that fits into memory. */
  CompletionStage<byte[]> send(String method, LongFunction<MessageLite> body) {
    return send(
        nonce -> {
          byte[] bytes = body.apply(nonce).toByteArray();
          return signer
              .sign(EthereumSignature.personalDigest(bytes))
              .thenCompose(signature -> network.send(method, envelope(bytes, signature)));
        });
  }

  private static SignedRequest envelope(byte[] body, byte[] signature) {
    return SignedRequest.newBuilder()
        .setFormat(MessageFormat.BINARY)
        .setSignature(ByteString.copyFrom(signature))
        .setBody(ByteString.copyFrom(body))
        .build();
  }

  private CompletionStage<Boolean> take(Turn turn) {
    return attempt(turn.sending(), 1)
        .handle(
            (txHash, failure) ->
                failure == null
                    ? turn.txHash().complete(txHash)
                    : turn.txHash().completeExceptionally(NetworkClient.cause(failure)));
  }

  private CompletionStage<byte[]> attempt(Sending sending, int number) {
    return nonce()
        .thenCompose(
            nonce ->
                sending
                    .with(nonce)
                    .thenApply(
                        txHash -> {
                          next = OptionalLong.of(nonce + 1);
                          return txHash;
                        }))
        .exceptionallyCompose(
            failure -> {
              next = OptionalLong.empty();
              if (number < MAX_STALE
                  && NetworkClient.refusal(failure).filter(SignedSender::isStale).isPresent()) {
                LOG.info("A nonce of {} was stale; another is asked for", signer.address());
                return attempt(sending, number + 1);
              }
              return CompletableFuture.failedStage(failure);
            });
  }

  private CompletionStage<Long> nonce() {
    return next.isPresent()
        ? CompletableFuture.completedStage(next.getAsLong())
        : network.nonce(signer.address());
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
